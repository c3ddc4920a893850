import type { Plugin } from 'esbuild';

/**
 * What `applicationinsights` does that would change the app's behaviour and that no option switches off, each as a file of
 * the package, by the end of its path, and what it exports in the bundle. Everything else of it is bundled as it is; see
 * `src/telemetry/intake-options.ts` for what options switch off. `test/integration/telemetry` runs against the bundle.
 */
const replaced = new Map<RegExp, { readonly name: string; readonly value: string }>([
  // A hook before every invocation: the app passes traces on as data.
  [
    /monitor-opentelemetry\/dist\/\w+\/traces\/azureFnHook\.js$/,
    { name: 'AzureFunctionsHook', value: 'class { shutdown() {} }' },
  ],
  // Spans for every use of storage, in the trace of the host.
  [
    /monitor-opentelemetry\/dist\/\w+\/utils\/azureSdkTracingBridge\.js$/,
    { name: 'ensureAzureSdkTracingBridge', value: '() => {}' },
  ],
  // A poll of Microsoft's settings service every hour.
  [
    /monitor-opentelemetry-exporter\/dist\/\w+\/_configuration\/configurationManager\.js$/,
    {
      name: 'ConfigurationManager',
      value:
        'class { static getInstance() { return { initialize() {}, registerCallback() {}, shutdown() {} }; } }',
    },
  ],
  // Outside Azure, a request to the metadata address of a virtual machine.
  [
    /resource-detector-azure\/build\/\w+\/detectors\/AzureVmDetector\.js$/,
    { name: 'azureVmDetector', value: '{ detect: () => ({ attributes: {} }) }' },
  ],
]);

/** Another version may name its files differently: the build then fails, which is better than the behaviour returning. */
export const quietTelemetry: Plugin = {
  name: 'quiet-telemetry',
  setup(build) {
    const found = new Set<RegExp>();
    for (const [file, { name, value }] of replaced)
      build.onLoad({ filter: file }, ({ path }) => {
        found.add(file);
        // The packages come in both formats, and each importer takes its own.
        const exported = /[\\/]esm[\\/]/.test(path) ? `export const ${name}` : `exports.${name}`;
        return { contents: `${exported} = ${value};`, loader: 'js' };
      });
    build.onEnd(() => ({
      errors: [...replaced.keys()]
        .filter((file) => !found.has(file))
        .map(({ source }) => ({
          text: `no file of the telemetry SDK is named ${source}: is it another version?`,
        })),
    }));
  },
};
