metadata description = 'App Service authentication in front of the HTTP functions.'

import { entraInFront } from 'types.bicep'

@description('Name of the functions app.')
param appName string

@description('Null: no authentication.')
param entra entraInFront?

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

// Made in either case: what is left out of a template stays as it was, also a check that was switched off here.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: entra == null
    ? { platform: { enabled: false } }
    : {
        platform: { enabled: true }
        globalValidation: {
          requireAuthentication: true
          // A redirect to a sign-in page helps no webhook.
          unauthenticatedClientAction: 'Return401'
          // What needs no key; and what needs the master key, which the doctor calls without a token of its own.
          excludedPaths: ['/api/health', '/api/openapi.json', '/api/diagnostics']
        }
        httpSettings: { requireHttps: true }
        identityProviders: {
          azureActiveDirectory: {
            enabled: true
            registration: {
              clientId: entra!.clientId
              openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
            }
            validation: {
              // Tokens of version 1 name the identifier URI as their audience, those of version 2 the bare id.
              allowedAudiences: ['api://${entra!.clientId}', entra!.clientId]
              defaultAuthorizationPolicy: { allowedApplications: entra!.allowedApplications }
            }
          }
        }
        login: { tokenStore: { enabled: false } }
      }
}
