import { describe, expect, it } from 'vitest';
import { createSdkLog } from '../../../src/telemetry/sdk-log.ts';

describe('the complaints of the SDK', () => {
  it('are told without their text, seldom, and with the cause that they name', () => {
    const lines: string[] = [];
    let now = 0;
    const diagnostics = createSdkLog(
      (_level, line) => void lines.push(line),
      () => now,
    );
    diagnostics.error('{"stack":"RestError: secret","code":"ECONNREFUSED","message":"secret"}', 'secret');
    diagnostics.warn('secret');
    now = 5 * 60_000;
    diagnostics.warn('secret again');
    diagnostics.info('secret');
    diagnostics.debug('secret');
    diagnostics.verbose('secret');
    expect(lines).toEqual([
      'Application Insights does not take what is sent (ECONNREFUSED): 1 times since the start.',
      'Application Insights does not take what is sent: 3 times since the start.',
    ]);
  });
});
