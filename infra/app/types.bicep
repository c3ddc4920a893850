metadata description = 'Types that several modules share.'

@export()
@description('A queue that producers may send messages to.')
type producerQueue = 'external-group-creations' | 'external-group-changes'

@export()
@description('A principal that may send messages to queues, and nothing else.')
type producer = {
  @description('Object id of a managed identity, service principal, group or user.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'?
  @description('Default: both queues.')
  queues: producerQueue[]?
}

@export()
@description('A principal that uses the command line on dead letters and operations.')
type operator = {
  @description('Object id of a user, group or service principal.')
  principalId: string
  principalType: 'ServicePrincipal' | 'Group' | 'User'
}

@export()
@description('A secret in a key vault that uses Azure RBAC.')
type vaultSecret = {
  @minLength(3)
  vaultName: string
  @minLength(1)
  vaultResourceGroup: string
  @minLength(1)
  secretName: string
}

@export()
@description('A system that announces its changes: one typed file in sources/.')
type source = {
  @minLength(1)
  name: string
  @description('The only connection that it may change.')
  @minLength(1)
  connectionId: string
  @description('Secrets by which it verifies its callers.')
  secret: vaultSecret
}

@export()
@description('Subnets of an existing network.')
type existingSubnets = {
  @description('Subnet of the app: delegated to Microsoft.App/environments (flex) or Microsoft.Web/serverFarms (dedicated), and used by nothing else.')
  @minLength(1)
  appSubnetId: string
  @description('Subnet of the private endpoints.')
  @minLength(1)
  endpointSubnetId: string
}

@export()
@description('Ids of existing resources to attach to the subnets of a new network.')
type subnetAttachments = {
  natGatewayId: string?
  networkSecurityGroupId: string?
  routeTableId: string?
}

@export()
@description('Ids of existing private DNS zones that are linked to the network. Names without a zone are registered in another way.')
type existingZones = {
  blob: string?
  queue: string?
  table: string?
  sites: string?
}

@export()
@description('Where private endpoints are created, and how their names are resolved.')
type endpointPlace = {
  networkId: string
  subnetId: string
  @description('Null: the template creates zones and links them to the network.')
  zones: existingZones?
}

@export()
@description('Who reaches the app over HTTP.')
type inboundRules = {
  @description('Only over a private endpoint.')
  isPrivate: bool
  @description('IPv4 addresses or ranges that can reach the app; none: all.')
  allowedAddresses: string[]
}

@export()
@description('App Service authentication: HTTP callers need a token of one of these applications.')
type entraInFront = {
  @description('Client id of the app registration of this API. It needs no secret.')
  clientId: string
  @description('Client ids of the calling applications.')
  @minLength(1)
  allowedApplications: string[]
}
