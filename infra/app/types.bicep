metadata description = 'Types that several modules share.'

@export()
@description('A queue that producers may put messages on.')
type producerQueue = 'external-group-creations' | 'external-group-changes'

@export()
@description('Somebody who may put messages on queues, and nothing more.')
type producer = {
  @description('Object id of a managed identity, service principal, group or user.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'?
  @description('Both queues unless named.')
  queues: producerQueue[]?
}

@export()
@description('Somebody who works with dead letters and operations from the command line.')
type operator = {
  @description('Object id of a user, group or service principal.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
}

@export()
@description('A secret of a key vault that uses Azure RBAC.')
type vaultSecret = {
  @minLength(3)
  vaultName: string
  @minLength(1)
  vaultResourceGroup: string
  @minLength(1)
  secretName: string
}

@export()
@description('A system that announces its changes itself: one typed file in sources/.')
type source = {
  @minLength(1)
  name: string
  @description('The one connection that it may change.')
  @minLength(1)
  connectionId: string
  @description('What it checks its callers by.')
  secret: vaultSecret
}

@export()
@description('Subnets of a network that exists already.')
type existingSubnets = {
  @description('Of the app: delegated to Microsoft.App/environments (flex) or Microsoft.Web/serverFarms (dedicated), and used by nothing else.')
  @minLength(1)
  appSubnetId: string
  @description('Of the private endpoints.')
  @minLength(1)
  endpointSubnetId: string
}

@export()
@description('What is attached to the subnets of a network that is made here: ids of resources that exist already.')
type subnetAttachments = {
  natGatewayId: string?
  networkSecurityGroupId: string?
  routeTableId: string?
}

@export()
@description('Ids of private DNS zones that exist already, and are linked to the network. Of what has none, the names are registered in another way.')
type existingZones = {
  blob: string?
  queue: string?
  table: string?
  sites: string?
}

@export()
@description('Where private endpoints are made, and how their names are found.')
type endpointPlace = {
  networkId: string
  subnetId: string
  @description('Null: zones are made and linked to the network.')
  zones: existingZones?
}

@export()
@description('How the app is reached over HTTP.')
type inboundRules = {
  @description('Over a private endpoint alone.')
  isPrivate: bool
  @description('IPv4 addresses or ranges that reach it; none: all.')
  allowedAddresses: string[]
}

@export()
@description('App Service authentication: callers over HTTP need a token of these applications.')
type entraInFront = {
  @description('Client id of the app registration that stands for this API; it needs no secret.')
  clientId: string
  @description('Client ids of the calling applications.')
  @minLength(1)
  allowedApplications: string[]
}
