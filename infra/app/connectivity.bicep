metadata description = 'The network, new or existing, and access to storage in it.'

import { endpointPlace, existingSubnets, existingZones, subnetAttachments } from 'types.bicep'

@description('Suffix of the resource names.')
param token string
param location string
param tags object

@description('Null: the template creates a network.')
param subnets existingSubnets?

param addressPrefix string
param delegation 'Microsoft.App/environments' | 'Microsoft.Web/serverFarms'
param natGateway bool
param attachments subnetAttachments

@description('Null: the template creates private DNS zones.')
param zones existingZones?

@description('Id of the storage account to reach over private endpoints; empty: none.')
param storageId string

module network 'network.bicep' = if (subnets == null) {
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    delegation: delegation
    addressPrefix: addressPrefix
    natGateway: natGateway
    attachments: attachments
  }
}

var place = {
  networkId: subnets == null ? network!.outputs.id : split(subnets!.endpointSubnetId, '/subnets/')[0]
  subnetId: subnets == null ? network!.outputs.endpointSubnetId : subnets!.endpointSubnetId
  zones: zones
}

module storageEndpoints 'private-endpoints.bicep' = if (!empty(storageId)) {
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
    place: place
    targetId: storageId
    services: map(['blob', 'queue', 'table'], service => {
      name: service
      zone: 'privatelink.${service}.${environment().suffixes.storage}'
    })
  }
}

output appSubnetId string = subnets == null ? network!.outputs.appSubnetId : subnets!.appSubnetId
output endpoints endpointPlace = place
output outboundAddress string = subnets == null ? network!.outputs.outboundAddress : ''
