using '../main.bicep'

// The app is reached over a private endpoint alone; storage as ever.

param environmentName = 'groups'
param location = 'westeurope'

param inbound = 'private'
param natGateway = true
