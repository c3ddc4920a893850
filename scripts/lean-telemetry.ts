import type { Plugin } from 'esbuild';
import { type ReplacedFile, replaceFiles } from './replace-files.ts';

/**
 * `applicationinsights` brings exporters for every protocol, instrumentations for every database and a live view; the app
 * uses a third of its 2.8 MB. The bundle leaves out what `src/telemetry/intake-options.ts` disables, and what no option
 * can disable. The tests in `test/integration/telemetry` run against the bundle.
 */

/** Packages that are always loaded but used only if an option or a variable asks for them. */
const unusedPackages =
  /^(?:@opentelemetry\/(?:configuration|exporter-[\w-]+|otlp-[\w-]+|propagator-[\w-]+|instrumentation-[\w-]+|winston-transport)|@azure\/opentelemetry-instrumentation-azure-sdk|@microsoft\/applicationinsights-web-snippet)$/;

const class_ = (name: string) => `exports.${name} = class { shutdown() {} };`;

/** Single files of the SDK, by the end of their path, and their replacements. */
const replacedFiles: readonly ReplacedFile[] = [
  // Patches modules as they load; nothing is instrumented.
  {
    file: /@opentelemetry\/instrumentation\/build\/(?:src|esm)\/index\.js$/,
    contents: 'exports.registerInstrumentations = () => () => {};',
  },
  {
    file: /monitor-opentelemetry\/dist\/\w+\/metrics\/quickpulse\/liveMetrics\.js$/,
    contents: class_('LiveMetrics'),
  },
  {
    file: /monitor-opentelemetry\/dist\/\w+\/browserSdkLoader\/browserSdkLoader\.js$/,
    contents: class_('BrowserSdkLoader'),
  },
  // No option disables this: a hook before every invocation. The traces are passed on as data here.
  {
    file: /monitor-opentelemetry\/dist\/\w+\/traces\/azureFnHook\.js$/,
    contents: class_('AzureFunctionsHook'),
  },
  // Nor this: spans for every use of storage, in the trace of the host.
  {
    file: /monitor-opentelemetry\/dist\/\w+\/utils\/azureSdkTracingBridge\.js$/,
    contents: 'exports.ensureAzureSdkTracingBridge = () => {};',
  },
  // Nor this: a poll of Microsoft's settings service every hour.
  {
    file: /monitor-opentelemetry-exporter\/dist\/\w+\/_configuration\/configurationManager\.js$/,
    contents: `const none = { initialize() {}, registerCallback() {}, shutdown() {} };
      exports.ConfigurationManager = class { static getInstance() { return none; } };`,
  },
  // Nor this: outside Azure, a request to the metadata address of a virtual machine.
  {
    file: /resource-detector-azure\/build\/\w+\/detectors\/AzureVmDetector\.js$/,
    contents: 'exports.azureVmDetector = { detect: () => ({ attributes: {} }) };',
  },
];

/** Packages of which the SDK installs up to five copies, in slightly different versions. */
const oneCopy =
  /^@opentelemetry\/(?:core|resources|sdk-metrics|sdk-trace|sdk-trace-base|sdk-trace-node|sdk-logs|api-logs|context-async-hooks)$/;
const home = 'node_modules/@azure/monitor-opentelemetry';

/** `applicationinsights` requires it as CommonJS: whatever imports it gets that copy, not a second one. */
const exporter = /^@azure\/monitor-opentelemetry-exporter$/;
const asRequired = 'as required';

export const leanTelemetry: Plugin = {
  name: 'lean-telemetry',
  setup(build) {
    build.onResolve({ filter: unusedPackages }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
    replaceFiles(build, 'the SDK', replacedFiles);
    build.onResolve({ filter: exporter }, ({ path, resolveDir, pluginData }) =>
      pluginData === asRequired
        ? undefined
        : build.resolve(path, { kind: 'require-call', resolveDir, pluginData: asRequired }),
    );
    build.onResolve({ filter: oneCopy }, ({ path, kind, pluginData }) =>
      pluginData === home ? undefined : build.resolve(path, { kind, resolveDir: home, pluginData: home }),
    );
  },
};
