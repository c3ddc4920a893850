using '../main.bicep'

param environmentName = 'groups'
param location = 'westeurope'

param entra = {
  clientId: '00000000-0000-0000-0000-00000000000a'
  allowedApplications: ['00000000-0000-0000-0000-00000000000b']
}

param inboundAllowedAddresses = ['203.0.113.0/24', '198.51.100.7']
