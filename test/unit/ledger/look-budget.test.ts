import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { maxCall } from '../../../src/ledger/call-graph.ts';
import { lookBudget } from '../../../src/ledger/look.ts';
import { storageWithin } from '../../../src/storage/bounds.ts';

it('ends in time for the last calls and writes before the host ends the function', () => {
  const hostJson: { functionTimeout: string } = JSON.parse(
    readFileSync(new URL('../../../host.json', import.meta.url), 'utf8'),
  );
  const [hours = 0, minutes = 0, seconds = 0] = hostJson.functionTimeout.split(':').map(Number);
  const functionTimeout = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  // The pages and the look, then the write.
  expect(lookBudget + maxCall + 3 * storageWithin.queue).toBeLessThan(functionTimeout);
});
