import { describe, expect, it } from 'vitest';
import { explain, type Known } from '../../../cli/groups/explain.ts';
import type { GroupRecord } from '../../../src/ledger/core/group-record.ts';
import { problemDetails } from '../../../src/problems/problem.ts';

const now = Date.parse('2026-11-30T12:00:00.000Z');
const record: GroupRecord = {
  connectionId: 'contosohr',
  id: 'day',
  displayName: null,
  description: null,
  deleted: false,
  state: 'applied',
  members: { applied: 0, applying: 0, failed: 0 },
  lastChangedDateTime: '2026-11-30T11:00:00.000Z',
  lastAppliedDateTime: '2026-11-30T11:00:00.000Z',
};
const error = (code: 'group-not-found' | 'graph-access-denied' | 'gave-up') =>
  problemDetails(code, 'It is so.', '/api/connections/contosohr/groups/day', {});
const steps = (more: Partial<GroupRecord>, known: Partial<Known> = {}) =>
  Object.fromEntries(
    explain({ ...record, ...more }, { isDeclared: true, refused: [], now, ...known }).map((step) => [
      step.id,
      step,
    ]),
  );

describe('the explanation of a group', () => {
  it('says that Graph has confirmed what was declared and applied', () => {
    const { record, connection, group, next } = steps({});
    expect([record, connection, group, next].map((step) => step?.status)).toEqual(
      Array.from({ length: 4 }, () => 'passed'),
    );
    expect(group?.seen).toBe('Graph has confirmed it.');
  });

  it('claims nothing of a group of which only members were declared, and none of them applied', () => {
    const { record, connection, group } = steps({}, { isDeclared: false });
    expect(record).toMatchObject({
      status: 'skipped',
      seen: expect.stringContaining('Nobody has declared the group itself, only its members'),
      fix: expect.stringContaining('declare it with PUT'),
    });
    expect(connection).toMatchObject({
      status: 'unknown',
      seen: 'Graph has not confirmed anything about this group so far.',
    });
    expect(group).toMatchObject({ status: 'unknown', seen: 'Graph was not asked about it.' });
  });

  it('takes a confirmed member for a sign of the group', () => {
    const members = { applied: 2, applying: 0, failed: 0 };
    expect(steps({ members }, { isDeclared: false }).group).toMatchObject({
      status: 'passed',
      seen: 'Graph has confirmed members of it.',
    });
  });

  it('says how a group comes into being that is only known by members', () => {
    const members = { applied: 0, applying: 0, failed: 1 };
    const failed = steps(
      { state: 'failed', members, error: error('group-not-found') },
      { isDeclared: false },
    );
    expect(failed.group).toMatchObject({ status: 'failed', fix: expect.stringContaining('PUT') });
  });

  it('advises a retry only where the adapter has stopped', () => {
    const stopped = steps({ state: 'failed', error: error('gave-up') });
    expect(stopped.next).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('external-groups groups retry day --connection contosohr'),
    });
    const nextAttemptDateTime = '2026-11-30T12:05:00.000Z';
    const denied = steps({ state: 'failed', error: error('graph-access-denied'), nextAttemptDateTime });
    expect(denied.connection).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('continues by itself'),
    });
    expect(denied.next).toMatchObject({
      status: 'waiting',
      seen: 'The next attempt is due 2026-11-30 12:05:00Z, in 300 s: graph-access-denied.',
    });
    expect(JSON.stringify(Object.values(denied))).not.toContain('retry');
  });

  it('says of a deleted group that it is to be absent', () => {
    const { record, group } = steps({ deleted: true });
    expect(record?.seen).toMatch(/^It should be absent; last changed/);
    expect(group?.title).toBe('The group is gone from Graph');
  });
});
