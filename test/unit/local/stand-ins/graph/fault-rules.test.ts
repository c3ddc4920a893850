import { expect, test } from 'vitest';
import { createRandom } from '../../../../../local/stack/random.ts';
import { createFaultRules } from '../../../../../local/stand-ins/graph/fault-rules.ts';

const hits = (seed: number, probability: number, draws: number) => {
  const rules = createFaultRules(createRandom(seed));
  rules.set([{ probability, fault: { kind: 'reset' } }]);
  return Array.from({ length: draws }, () => rules.take({ method: 'POST' }) !== undefined);
};

test('the same seed gives the same faults, another seed others', () => {
  expect(hits(7, 0.5, 100)).toEqual(hits(7, 0.5, 100));
  expect(hits(7, 0.5, 100)).not.toEqual(hits(8, 0.5, 100));
});

test.each([0, 0.1, 0.5, 1])('a probability of %d hits about that share', (probability) => {
  const share = hits(1, probability, 10_000).filter(Boolean).length / 10_000;
  expect(share).toBeGreaterThanOrEqual(probability - 0.02);
  expect(share).toBeLessThanOrEqual(probability + 0.02);
});

test('an unlucky draw does not spend a rule', () => {
  const draws = [0.9, 0.1, 0.1];
  const rules = createFaultRules(() => draws.shift() ?? 0);
  rules.set([{ times: 1, probability: 0.5, fault: { kind: 'reset' } }]);
  expect([1, 2, 3].map(() => rules.take({})?.kind)).toEqual([undefined, 'reset', undefined]);
});

test('setting rules replaces those before, with fresh counts', () => {
  const rules = createFaultRules(createRandom(1));
  const once = [{ times: 1, fault: { kind: 'hang' } as const }];
  rules.set(once);
  expect([rules.take({})?.kind, rules.take({})?.kind]).toEqual(['hang', undefined]);
  rules.set(once);
  expect(rules.take({})?.kind).toBe('hang');
});

test('a rule for a group does not hit a request that names none', () => {
  const rules = createFaultRules(createRandom(1));
  rules.set([{ match: { groupId: 'a' }, fault: { kind: 'hang' } }]);
  expect(rules.take({ method: 'GET' })).toBeUndefined();
});
