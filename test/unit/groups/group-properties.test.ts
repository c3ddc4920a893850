import { describe, expect, it } from 'vitest';
import { sameContent } from '../../../src/groups/external-group.ts';
import { groupPropertyNames, readProperties } from '../../../src/groups/group-properties.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';
import { toGroupRecord } from '../../../src/ledger/core/group-record.ts';
import { newHead, sameWant } from '../../../src/ledger/core/head.ts';
import { plan } from '../../../src/ledger/core/plan.ts';
import { record } from '../../../src/ledger/core/record.ts';

const none = readProperties(() => undefined);
const id = 'night';

/** What becomes of a declaration: the record of the group, and the first call of Graph. */
function declare(properties: object) {
  if (none === null) throw new Error('every property may be absent');
  const head = newHead('contosohr', id, { traceparent: '' });
  const change = {
    kind: 'put-group',
    connectionId: 'contosohr',
    groupId: id,
    ...none,
    ...properties,
  } as const;
  const recording = record({ head, pages: new Map() }, change, 1_000);
  if (recording.kind !== 'changed') throw new Error('a new group is a change');
  const { state } = recording;
  return {
    head: state.head,
    record: toGroupRecord(state.head),
    write: plan(state, 'owner', 1_000).calls[0]?.write,
  };
}

describe.each(groupPropertyNames)('the property %s of a group', (name) => {
  it('counts in the comparison of groups, and in the id of an operation', () => {
    expect(sameContent({ id }, { id, [name]: null })).toBe(true);
    expect(sameContent({ id }, { id, [name]: 'x' })).toBe(false);
    expect(operationIdOf('contosohr', { id, [name]: null })).toBe(operationIdOf('contosohr', { id }));
    expect(operationIdOf('contosohr', { id, [name]: 'x' })).not.toBe(operationIdOf('contosohr', { id }));
  });

  it('is recorded, shown and written to Graph', () => {
    const { head, record: shown, write } = declare({ [name]: 'x' });
    expect(shown).toMatchObject({ [name]: 'x' });
    expect(write).toMatchObject({ kind: 'create-group', group: { id, [name]: 'x' } });
    expect(sameWant(head.want, declare({}).head.want)).toBe(false);
  });

  it('is text or null in data from outside', () => {
    expect(readProperties((asked) => (asked === name ? 'x' : undefined))).toMatchObject({ [name]: 'x' });
    expect(readProperties((asked) => (asked === name ? 7 : undefined))).toBeNull();
  });
});

it('the id of an operation is the one that earlier releases gave it', () => {
  expect(operationIdOf('contosohr', { id: 'a', displayName: 'A' })).toBe('6ea44fc14165c145b7e7134151febcf8');
  expect(operationIdOf('contosohr', { id: 'a' })).toBe('62e1c08f790065b0513119f1161baa74');
});
