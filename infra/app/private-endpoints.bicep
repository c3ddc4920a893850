metadata description = 'Private endpoints of one resource, and their DNS names.'

import { endpointPlace } from 'types.bicep'

param name string
param location string
param tags object
param place endpointPlace

@description('Resource that the private endpoints connect to.')
param targetId string

@description('Subresources, such as blob, with the name of the private DNS zone of each.')
param services { name: 'blob' | 'queue' | 'table' | 'sites', zone: string }[]

var makesZones = place.?zones == null
resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for service in services: if (makesZones) {
    name: service.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (service, index) in services: if (makesZones) {
    parent: zones[index]
    name: last(split(place.networkId, '/'))
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: place.networkId }
    }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-01-01' = [
  for service in services: {
    name: '${name}-${service.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: place.subnetId }
      privateLinkServiceConnections: [
        { name: service.name, properties: { privateLinkServiceId: targetId, groupIds: [service.name] } }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-01-01' = [
  for (service, index) in services: if (makesZones || place.?zones[?service.name] != null) {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: service.name, properties: { privateDnsZoneId: place.?zones[?service.name] ?? zones[index].id } }
      ]
    }
    dependsOn: [links[index]]
  }
]
