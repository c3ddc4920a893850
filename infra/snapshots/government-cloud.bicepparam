using '../main.bicep'

param environmentName = 'groups'
param location = 'usgovvirginia'

param plan = 'dedicated'
param graphCloud = 'usgov-l4'
