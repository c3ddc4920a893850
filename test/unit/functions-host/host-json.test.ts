import { describe, expect, it } from 'vitest';
import { readHostSettings } from '../../../packages/functions-host/src/host-json.ts';

describe('host.json', () => {
  it('has the documented defaults', () => {
    expect(readHostSettings({}, {}, 2)).toEqual({
      routePrefix: 'api',
      maxOutstandingRequests: -1,
      maxConcurrentRequests: -1,
      functionTimeout: 1_800_000,
      queues: {
        batchSize: 16,
        newBatchThreshold: 16,
        maxDequeueCount: 5,
        visibilityTimeoutMs: 0,
        maxPollingIntervalMs: 60_000,
        messageEncoding: 'base64',
      },
      logLevels: {},
    });
  });

  it('is overridden by the environment, names without case, values as text', () => {
    const hostJson = {
      functionTimeout: '00:05:00',
      extensions: { queues: { batchSize: 8 }, http: { routePrefix: '/v1/' } },
      logging: { logLevel: { 'Function.Named.User': 'Debug' } },
    };
    const env = {
      AzureFunctionsJobHost__extensions__queues__batchSize: '1',
      azurefunctionsjobhost__Extensions__Queues__NewBatchThreshold: '0',
      AzureFunctionsJobHost__functionTimeout: '-1',
      AzureFunctionsJobHost__logging__logLevel__default: 'Warning',
      Other__extensions__queues__batchSize: '3',
    };
    expect(readHostSettings(hostJson, env, 2)).toMatchObject({
      routePrefix: 'v1',
      functionTimeout: undefined,
      queues: { batchSize: 1, newBatchThreshold: 0 },
      logLevels: { default: 'Warning', 'function.named.user': 'Debug' },
    });
  });

  it('names every wrong value in one error', () => {
    const queues = { batchSize: 0, visibilityTimeout: 30, messageEncoding: 'hex', maxDequeueCount: 1.5 };
    const read = (): unknown => readHostSettings({ extensions: { queues } }, {}, 1);
    expect(read).toThrow(
      /messageEncoding is "hex".*batchSize is 0.*maxDequeueCount is 1.5.*visibilityTimeout is 30/,
    );
  });
});
