import { expect, it } from 'vitest';
import { runFuzz } from '../fuzz/run-fuzz.ts';

// `npm run fuzz` does the same with 20,000 inputs and a seed of its own.
it('answers or ends every input as documented, whatever it is', async () => {
  const report = await runFuzz({
    seed: 20_261_121,
    http: 350,
    unsigned: 50,
    queue: 100,
    say: () => undefined,
  });
  expect(report.violations).toEqual([]);
  const inputs = Object.values(report.answers).reduce((sum, count) => sum + count, 0);
  expect(inputs).toBeGreaterThan(300);
  expect(report.groups).toBeGreaterThan(0);
  expect(report.deadLetters).toBeGreaterThan(0);
});
