/**
 * What the app setting `languageWorkers__node__arguments` adds to the worker's command line, after `node`
 * (RpcWorkerConfigFactory.AddArgumentsFromAppSettings of azure-functions-host). Whoever starts this host passes it to
 * its `node`, because host and worker are one process here.
 */
export function workerArguments(env: Readonly<Record<string, string | undefined>>): string[] {
  return (env.languageWorkers__node__arguments ?? '').split(/\s+/).filter((word) => word !== '');
}
