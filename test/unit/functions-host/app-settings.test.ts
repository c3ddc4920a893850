import { describe, expect, it } from 'vitest';
import { isFunctionDisabled, resolveSettings } from '../../../packages/functions-host/src/app-settings.ts';

describe('%names% in a binding', () => {
  it('stand for app settings, whatever their case', () => {
    const settings = { QUEUE: 'creations', Stage: 'test' };
    expect(resolveSettings('%queue%-%Stage%', 'x', settings)).toBe('creations-test');
  });

  it('leave other text alone', () => {
    expect(resolveSettings('0 */5 * * * *', 'x', {})).toBe('0 */5 * * * *');
  });

  it.each([{}, { QUEUE: '' }])('must be set: %j is an error', (settings) => {
    expect(() => resolveSettings('%QUEUE%', 'Function "a": its queueName', settings)).toThrow(
      'Function "a": its queueName needs the setting QUEUE.',
    );
  });
});

describe('a function', () => {
  it.each([
    [{ 'AzureWebJobs.clean-up.Disabled': 'true' }, true],
    [{ 'AzureWebJobs.clean-up.Disabled': '1' }, true],
    [{ 'azurewebjobs.CLEAN-UP.disabled': 'True' }, true],
    [{ 'AzureWebJobs_clean-up_Disabled': 'true' }, true],
    [{ 'AzureWebJobs.clean-up.Disabled': 'false' }, false],
    [{ 'AzureWebJobs.clean-up.Disabled': 'yes' }, false],
    [{ 'AzureWebJobs.other.Disabled': 'true' }, false],
    [{}, false],
  ])('with %j is disabled: %s', (settings: Record<string, string>, expected) => {
    expect(isFunctionDisabled('clean-up', settings)).toBe(expected);
  });
});
