metadata description = 'An Event Grid topic that sends its events to the queue of changes with its own identity. Deploy it to the resource group of the adapter.'

@description('Name of the topic that your systems publish to.')
param topicName string

@description('Name of the storage account of the adapter.')
param storageAccountName string

param location string = resourceGroup().location

@description('Types of the events that carry changes.')
param eventTypes string[] = ['com.contoso.group.changed']

// Storage Queue Data Message Sender: it sends, and reads nothing.
var messageSender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName

  resource queueService 'queueServices' existing = {
    name: 'default'

    resource changes 'queues' existing = {
      name: 'external-group-changes'
    }
  }
}

resource topic 'Microsoft.EventGrid/topics@2022-06-15' = {
  name: topicName
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    // Publishers sign in with Entra ID (EventGrid Data Sender); there are no keys.
    disableLocalAuth: true
  }
}

resource mayOnlySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: account::queueService::changes
  name: guid(account::queueService::changes.id, topic.id, messageSender)
  properties: {
    principalId: topic.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', messageSender)
  }
}

resource toQueue 'Microsoft.EventGrid/topics/eventSubscriptions@2022-06-15' = {
  parent: topic
  name: 'external-group-changes'
  properties: {
    // As CloudEvents 1.0, which the adapter reads: the change is the data, its time the sequence.
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: { includedEventTypes: eventTypes }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: account.id
          queueName: account::queueService::changes.name
          // A message never expires: it is worked, or becomes a dead letter of the adapter.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    // What Event Grid itself cannot deliver for a day is lost; alert on its metric DeadLetteredCount or DroppedEventCount.
    retryPolicy: { eventTimeToLiveInMinutes: 1440, maxDeliveryAttempts: 30 }
  }
  dependsOn: [mayOnlySend]
}

output endpoint string = topic.properties.endpoint
