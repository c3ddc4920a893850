import { describe, expect, it } from 'vitest';
import { createLogFilter } from '../../../packages/functions-host/src/log-filter.ts';

describe('the log filter', () => {
  const allows = createLogFilter({
    default: 'Warning',
    function: 'information',
    'Function.Loud': 'Trace',
    'function.loud.user': 'Error',
    'Host.Silent': 'None',
  });

  it.each([
    ['Host.Startup', 'information', false],
    ['Host.Startup', 'warning', true],
    ['Function.other', 'information', true],
    ['Function.other', 'debug', false],
    ['Function.loud', 'trace', true],
    ['Function.loud.User', 'warning', false],
    ['Function.louder', 'debug', false],
    ['Host.Silent', 'critical', false],
    ['Function.loud', 'none', false],
  ] as const)('%s at %s: %s', (category, level, expected) => {
    expect(allows(category, level)).toBe(expected);
  });

  it('allows information if nothing is set', () => {
    expect(createLogFilter({})('Anything', 'information')).toBe(true);
    expect(createLogFilter({})('Anything', 'debug')).toBe(false);
  });
});
