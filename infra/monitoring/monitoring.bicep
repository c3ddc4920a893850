metadata description = 'A workbook and alert rules for an existing Application Insights resource.'

@description('Name of the Application Insights resource that the app sends to, in this resource group.')
param applicationInsightsName string

param location string = resourceGroup().location

@description('Tags of the workbook and the rules.')
param tags { *: string } = {}

@description('Resource ids of the action groups that alerts notify.')
param actionGroupIds string[] = []

@description('Email address for alerts. The template creates an action group for it; empty: no action group.')
param alertEmail string = ''

@description('Age of work, in minutes, that raises an alert when an attempt starts.')
@minValue(1)
param queueAgeMinutes int = 60

@description('Percentage of throttled Graph calls above which an alert fires.')
@minValue(1)
@maxValue(100)
param throttlingSharePercent int = 20

@description('Number of declared groups above which an alert fires. The default is 80 % of the 100,000 that Graph allows a tenant.')
@minValue(1)
param tenantQuotaGroups int = 80000

@description('False disables the rules without removing them, for a planned outage.')
param alertsEnabled bool = true

// A rule is one entry here and one file in queries/; `npm run docs` makes the table of docs/operations.md from it.
var rules = [
  {
    name: 'silence'
    title: 'silence'
    fires: 'nothing has measured the queues for 15 minutes: the app does not start, or its timers do not run'
    advice: 'run external-groups doctor; read the app errors in the log'
    severity: 1
    query: loadTextContent('queries/alert-silence.kql')
    measure: 'readings'
    dimensions: []
    aggregation: 'Total'
    operator: 'LessThan'
    threshold: 1
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'server-errors'
    title: 'server errors'
    fires: 'a function returned any 500, or more than ten of another 5xx; requests that the caller cut off do not count'
    advice: 'run the query "Which responses do callers get?"; for a 500, read the exceptions of its trace'
    severity: 2
    query: loadTextContent('queries/alert-server-errors.kql')
    measure: 'answers'
    dimensions: ['resultCode']
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'dead-letters'
    title: 'dead letters'
    fires: 'any work failed for good'
    advice: 'run the query "What failed for good, and why?"; fix the cause, then run external-groups dead-letters redrive'
    severity: 2
    query: loadTextContent('queries/alert-dead-letters.kql')
    measure: 'letters'
    dimensions: ['code']
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'old-work'
    title: 'old work'
    fires: 'work was older than ${queueAgeMinutes} minutes when an attempt started'
    advice: 'run the query "What is waiting right now?": is Graph down, throttling or denying access, or can the app not keep up?'
    severity: 2
    query: loadTextContent('queries/alert-queue-age.kql')
    measure: 'oldestMinutes'
    dimensions: []
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: queueAgeMinutes
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'graph-denies-access'
    title: 'Graph denies access'
    fires: 'Graph returned 401 or 403, and a fresh token did not help'
    advice: 'run external-groups doctor; grant the application role, or check which application owns the connection'
    severity: 1
    query: loadTextContent('queries/alert-graph-denied.kql')
    measure: 'calls'
    dimensions: ['connection']
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'throttling'
    title: 'throttling'
    fires: 'Graph returned 429 to more than ${throttlingSharePercent} % of at least 20 calls'
    advice: 'wait, or spread the load; nothing is lost'
    severity: 3
    query: loadTextContent('queries/alert-throttling-share.kql')
    measure: 'share'
    dimensions: []
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: throttlingSharePercent
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'poison-queue'
    title: 'poison queue'
    fires: 'messages stay on a poison queue, where they expire after 7 days'
    advice: 'read the errors of maintain-queues, which could not turn them into dead letters; check that storage is writable'
    severity: 2
    query: loadTextContent('queries/alert-poison.kql')
    measure: 'messages'
    dimensions: []
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT15M'
    frequency: 'PT5M'
    // An app that cannot run its timer measures nothing: no reading is no sign that the queues are empty.
    autoMitigate: false
  }
  {
    name: 'old-changes'
    title: 'old changes'
    fires: 'Graph confirmed a change of a declared group, such as a removal, only after ${queueAgeMinutes} minutes, or has not confirmed it yet'
    advice: 'run the query "Which changes of declared groups wait for Graph?"'
    severity: 2
    query: loadTextContent('queries/alert-change-age.kql')
    measure: 'oldestMinutes'
    dimensions: []
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: queueAgeMinutes
    window: 'PT15M'
    frequency: 'PT5M'
    autoMitigate: true
  }
  {
    name: 'failed-groups'
    title: 'failed groups'
    fires: 'declared groups have failed and need a change or a retry'
    advice: 'run the query "Which declared groups have failed?"; fix the cause, then run external-groups groups retry'
    severity: 2
    query: loadTextContent('queries/alert-failed-groups.kql')
    measure: 'groups'
    dimensions: ['connection']
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    window: 'PT2H'
    frequency: 'PT15M'
    // Counted once an hour, so at least one count lies in the window; the rule resolves when a count says none.
    autoMitigate: true
  }
  {
    name: 'tenant-quota'
    title: 'tenant quota'
    fires: 'more than ${tenantQuotaGroups} groups are declared; Graph allows 100,000 per tenant'
    advice: 'delete unneeded groups, or ask Microsoft for a higher limit'
    severity: 3
    query: loadTextContent('queries/alert-tenant-quota.kql')
    measure: 'groups'
    dimensions: []
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: tenantQuotaGroups
    window: 'PT2H'
    frequency: 'PT15M'
    // Counted once an hour.
    autoMitigate: true
  }
]

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource mail 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: 'external-groups-mail'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'ext-groups'
    enabled: true
    emailReceivers: [{ name: 'mail', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(applicationInsights.id, 'external groups', 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'External groups'
    category: 'workbook'
    sourceId: applicationInsights.id
    // Opened from elsewhere than the resource, a workbook knows its data only by this.
    serializedData: string(union(loadJsonContent('workbook.json'), { fallbackResourceIds: [applicationInsights.id] }))
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    // The name of a rule may have no colon; the title may.
    name: 'external-groups-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'External groups: ${rule.title}'
      description: 'Fires when ${rule.fires}. What to do: ${rule.advice}.'
      severity: rule.severity
      enabled: alertsEnabled
      scopes: [applicationInsights.id]
      evaluationFrequency: rule.frequency
      windowSize: rule.window
      // A resource that was made a moment ago has no tables yet to check the query against.
      skipQueryValidation: true
      autoMitigate: rule.autoMitigate
      // Only a rule that does not resolve itself may be muted; it would fire anew at each evaluation.
      muteActionsDuration: rule.autoMitigate ? null : 'PT6H'
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.measure
            timeAggregation: rule.aggregation
            dimensions: [
              for dimension in rule.dimensions: {
                name: dimension
                operator: 'Include'
                values: ['*']
              }
            ]
            operator: rule.operator
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: concat(actionGroupIds, empty(alertEmail) ? [] : [mail.id])
      }
    }
  }
]

output workbookId string = workbook.id
