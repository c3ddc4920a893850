import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedDimensions, allowedEventFields, allowedUrl } from '../../../src/telemetry/allow-list.ts';
import type { EventFields, MetricName } from '../../../src/telemetry/telemetry.ts';

const good = {
  connectionId: 'contosohr',
  groupId: 'A_b-1',
  source: 'queue',
  operationId: '0123456789abcdef0123456789abcdef',
  attempts: 3,
  graphStatus: 429,
  graphCode: 'TooManyRequests',
  graphRequestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
  reason: 'throttled',
  code: 'gave-up',
  change: 'members',
  added: 4,
  removed: 1,
  age: 1_000,
  failed: 0,
  discardReason: 'Not needed, see 4711',
} as const satisfies EventFields;

describe('what an event carries', () => {
  it('is the fields of the contract', () => {
    expect(allowedEventFields(good)).toEqual(good);
  });

  it('is nothing else, whatever is passed', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 1 }), (given) => {
        const kept = allowedEventFields({ ...given, ...good });
        expect(kept).toEqual(good);
        for (const name of Object.keys(allowedEventFields(given))) expect(Object.keys(good)).toContain(name);
      }),
    );
    expect(allowedEventFields({ ...good, displayName: 'Contoso', description: 'secret' })).toEqual(good);
  });

  it.each<[keyof EventFields, unknown]>([
    ['connectionId', 'two words'],
    ['groupId', 'a name, as it were'],
    ['groupId', 'x'.repeat(129)],
    ['source', 'elsewhere'],
    ['operationId', 'abc'],
    ['attempts', 1.5],
    ['attempts', '1'],
    ['graphStatus', Number.NaN],
    ['graphCode', 'an error message'],
    ['graphRequestId', { toString: () => 'id' }],
    ['reason', 'because'],
    ['code', 'a-code-of-nobody'],
    ['change', 'somebody joined'],
    ['added', 'u1'],
    ['age', 'a while'],
    ['discardReason', 'ann@contoso.com asked for it'],
    ['discardReason', 'x'.repeat(121)],
  ])('lets no %s through that is not of its form: %j', (name, value) => {
    const { [name]: _left, ...others } = good;
    expect(allowedEventFields({ ...good, [name]: value })).toEqual(others);
  });

  it('may be unknown for a message that cannot be read', () => {
    const unknown = { ...good, connectionId: '', groupId: '', operationId: '' };
    expect(allowedEventFields(unknown)).toEqual(unknown);
  });
});

describe('the dimensions of a metric', () => {
  it.each<[MetricName, Record<string, string>]>([
    ['externalGroups.create.duration', { source: 'http', outcome: 'absent' }],
    ['externalGroups.queue.age', {}],
    ['externalGroups.queue.depth', { queue: 'dead-letters' }],
    ['externalGroups.graph.throttled', {}],
    ['externalGroups.deadLetters', { code: 'validation-failed' }],
  ])('of %s are these', (name, dimensions) => {
    expect(allowedDimensions(name, dimensions)).toEqual(dimensions);
    expect(allowedDimensions(name, { ...dimensions, groupId: 'g1', operationId: 'o' })).toEqual(dimensions);
  });

  it('have no value that is not one of a few', () => {
    expect(allowedDimensions('externalGroups.create.duration', { source: 'g1', outcome: 'g2' })).toEqual({});
    expect(allowedDimensions('externalGroups.deadLetters', { code: 'g3' })).toEqual({});
    expect(allowedDimensions('externalGroups.queue.depth', { queue: 'g4' })).toEqual({});
  });
});

describe('a URL', () => {
  it('leaves without user, query and fragment', () => {
    const url = 'https://user:password@graph.microsoft.com/v1.0/external?token=secret#fragment';
    expect(allowedUrl(url)?.href).toBe('https://graph.microsoft.com/v1.0/external');
    expect(allowedUrl('no url')).toBeNull();
  });

  it.each(['members', 'g'])('says nothing of who is a member of the group %s', (group) => {
    const members = `/v1.0/external/connections/members/groups/${group}/members`;
    const root = 'https://graph.microsoft.com';
    expect(allowedUrl(`${root}${members}/0f8fad5b%2Fd9cb`)?.href).toBe(`${root}${members}/{id}`);
    expect(allowedUrl(`${root}${members}/a/b?x=c`)?.path).toBe(`${members}/{id}`);
    expect(allowedUrl(`${root}${members}`)?.path).toBe(members);
  });
});
