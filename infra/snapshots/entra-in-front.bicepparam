using '../main.bicep'

param environmentName = 'groups'
param location = 'westeurope'

param entra = {
  clientId: '00000000-0000-0000-0000-00000000000a'
  allowedApplications: ['00000000-0000-0000-0000-00000000000b']
}
