using '../main.bicep'

// Subnets and private DNS zones of somebody else's network.

param environmentName = 'groups'
param location = 'westeurope'

param networkIsolation = true
param subnets = {
  appSubnetId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-spoke/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/groups'
  endpointSubnetId: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-spoke/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/endpoints'
}
// Of tables there is none: their owner registers the names.
param privateDnsZones = {
  blob: '/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net'
  queue: '/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-dns/providers/Microsoft.Network/privateDnsZones/privatelink.queue.core.windows.net'
}
