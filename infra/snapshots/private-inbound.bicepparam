using '../main.bicep'

// The app is reached over a private endpoint alone, and calls out from one address; storage as ever.

param environmentName = 'groups'
param location = 'westeurope'

param inbound = 'private'
param natGateway = true
