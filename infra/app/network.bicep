metadata description = 'A network for the app and for private endpoints. Name everything that is attached to a subnet: a deployment removes what it does not know.'

import { subnetAttachments } from 'types.bicep'

param name string
param location string
param tags object

@description('Service that the subnet of the app is delegated to, which depends on the plan.')
param delegation 'Microsoft.App/environments' | 'Microsoft.Web/serverFarms'

@description('At least a /24. Half of it is for the app, so that scaling does not run out of addresses.')
param addressPrefix string

@description('Create a NAT gateway, so that the app calls out from one fixed address.')
param natGateway bool

param attachments subnetAttachments

resource address 'Microsoft.Network/publicIPAddresses@2025-01-01' = if (natGateway) {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

resource gateway 'Microsoft.Network/natGateways@2025-01-01' = if (natGateway) {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

var natGatewayId = natGateway ? gateway.id : attachments.?natGatewayId ?? ''
var networkSecurityGroupId = attachments.?networkSecurityGroupId ?? ''
var routeTableId = attachments.?routeTableId ?? ''

var guarded = {
  ...(empty(networkSecurityGroupId) ? {} : { networkSecurityGroup: { id: networkSecurityGroupId } })
  ...(empty(routeTableId) ? {} : { routeTable: { id: routeTableId } })
}

// What is attached to a subnet holds for private endpoints only where these policies say so.
var endpointPolicies = empty(networkSecurityGroupId)
  ? (empty(routeTableId) ? 'Disabled' : 'RouteTableEnabled')
  : (empty(routeTableId) ? 'NetworkSecurityGroupEnabled' : 'Enabled')

// Without its subnets, which are resources of their own: a list of them here would delete every other one.
resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: { addressSpace: { addressPrefixes: [addressPrefix] } }

  resource appSubnet 'subnets' = {
    // Flex Consumption refuses a name with an underscore.
    name: 'app'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 25, 0)
      delegations: [{ name: 'app', properties: { serviceName: delegation } }]
      ...guarded
      ...(empty(natGatewayId) ? {} : { natGateway: { id: natGatewayId } })
    }
  }

  resource endpointSubnet 'subnets' = {
    name: 'private-endpoints'
    properties: {
      addressPrefix: cidrSubnet(addressPrefix, 26, 2)
      privateEndpointNetworkPolicies: endpointPolicies
      ...guarded
    }
    // A network changes one subnet at a time.
    dependsOn: [appSubnet]
  }
}

output id string = network.id
output appSubnetId string = network::appSubnet.id
output endpointSubnetId string = network::endpointSubnet.id
@description('Address that the app calls out from; empty without a new NAT gateway.')
output outboundAddress string = natGateway ? address!.properties.ipAddress : ''
