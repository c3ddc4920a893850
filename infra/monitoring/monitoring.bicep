metadata description = 'What operators open and what wakes them: a workbook and alert rules beside an existing Application Insights resource.'

@description('Name of the Application Insights resource that the app sends to, in this resource group.')
param applicationInsightsName string

param location string = resourceGroup().location

@description('Added to the workbook and the rules.')
param tags { *: string } = {}

@description('Ids of the action groups that an alert notifies; none: alerts show in the portal only.')
param actionGroupIds string[] = []

@description('Work older than this when it is taken up raises an alert.')
@minValue(1)
param queueAgeMinutes int = 60

@description('A larger share of calls that Graph throttles raises an alert.')
@minValue(1)
@maxValue(100)
param throttlingSharePercent int = 20

@description('More declared groups than this raise an alert: 80 % of the 100,000 that Graph allows a tenant.')
@minValue(1)
param tenantQuotaGroups int = 80000

@description('Switches the rules off without removing them, for a planned outage.')
param alertsEnabled bool = true

// A rule is one entry here and one file in queries/.
var rules = [
  {
    name: 'dead-letters'
    title: 'dead letters'
    description: 'A creation has ended in failure. Which and why: docs/operations.md, "What ended in failure".'
    severity: 2
    query: loadTextContent('queries/alert-dead-letters.kql')
    measure: 'letters'
    dimensions: ['code']
    aggregation: 'Total'
    threshold: 0
    autoMitigate: true
  }
  {
    name: 'old-work'
    title: 'old work'
    description: 'Work is old when it is taken up: Graph is down, throttling or denying, or the app cannot keep up.'
    severity: 2
    query: loadTextContent('queries/alert-queue-age.kql')
    measure: 'oldestMinutes'
    dimensions: []
    aggregation: 'Maximum'
    threshold: queueAgeMinutes
    autoMitigate: true
  }
  {
    name: 'graph-denies-access'
    title: 'Graph denies access'
    description: 'Graph answers 401 or 403: the application role is missing, or the connection belongs to another application.'
    severity: 1
    query: loadTextContent('queries/alert-graph-denied.kql')
    measure: 'calls'
    dimensions: ['connection']
    aggregation: 'Total'
    threshold: 0
    autoMitigate: true
  }
  {
    name: 'throttling'
    title: 'throttling'
    description: 'Graph throttles a large share of the calls. Nothing is lost, but work waits.'
    severity: 3
    query: loadTextContent('queries/alert-throttling-share.kql')
    measure: 'share'
    dimensions: []
    aggregation: 'Maximum'
    threshold: throttlingSharePercent
    autoMitigate: true
  }
  {
    name: 'poison-queue'
    title: 'poison queue'
    description: 'Messages stay on a poison queue, where they end after 7 days: the app cannot turn them into dead letters. See the errors of maintain-queues.'
    severity: 2
    query: loadTextContent('queries/alert-poison.kql')
    measure: 'messages'
    dimensions: []
    aggregation: 'Maximum'
    threshold: 0
    // An app that cannot run its timer measures nothing: no reading is no sign that the queues are empty.
    autoMitigate: false
  }
  {
    name: 'old-changes'
    title: 'old changes'
    description: 'A change of a declared group, a removal too, took long from its record to Graph’s confirmation, or still waits for it.'
    severity: 2
    query: loadTextContent('queries/alert-change-age.kql')
    measure: 'oldestMinutes'
    dimensions: []
    aggregation: 'Maximum'
    threshold: queueAgeMinutes
    autoMitigate: true
  }
  {
    name: 'failed-groups'
    title: 'failed groups'
    description: 'Declared groups have failed: nothing is done about them without a change or a retry. Which: docs/operations.md.'
    severity: 2
    query: loadTextContent('queries/alert-failed-groups.kql')
    measure: 'groups'
    dimensions: ['code']
    aggregation: 'Total'
    threshold: 0
    autoMitigate: true
  }
  {
    name: 'tenant-quota'
    title: 'tenant quota'
    description: 'The groups that are declared here come near to the 100,000 that Graph allows a tenant.'
    severity: 3
    query: loadTextContent('queries/alert-tenant-quota.kql')
    measure: 'groups'
    dimensions: []
    aggregation: 'Maximum'
    threshold: tenantQuotaGroups
    // The groups are counted once an hour.
    autoMitigate: false
  }
]

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
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
      description: rule.description
      severity: rule.severity
      enabled: alertsEnabled
      scopes: [applicationInsights.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
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
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: actionGroupIds
      }
    }
  }
]

output workbookId string = workbook.id
