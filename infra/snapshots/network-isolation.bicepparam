using '../main.bicep'

// A network that is made, with what is attached to its subnets.

param environmentName = 'groups'
param location = 'westeurope'

param networkIsolation = true
param storageAllowedAddresses = ['203.0.113.7', '198.51.100.7/32']
param attachments = {
  natGatewayId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Network/natGateways/nat-hub'
  networkSecurityGroupId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Network/networkSecurityGroups/nsg-hub'
  routeTableId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/Microsoft.Network/routeTables/rt-hub'
}
