/** A separate module: of a package that is imported dynamically, the bundler would keep every part. */
export { AzureCliCredential } from '@azure/identity';
