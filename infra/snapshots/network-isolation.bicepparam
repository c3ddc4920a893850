using '../main.bicep'

param environmentName = 'groups'
param location = 'westeurope'

param networkIsolation = true
param storageAllowedAddresses = ['203.0.113.7']
