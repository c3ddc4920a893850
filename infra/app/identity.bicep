metadata description = 'The identity of the app. It is created first, so that it has its roles before anything asks for a token.'

param name string
param location string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
  properties: {
    // Only resources of this region can be given the identity.
    isolationScope: 'Regional'
  }
}

output id string = identity.id
output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
