using '../main.bicep'

param environmentName = 'groups'
param location = 'westeurope'
