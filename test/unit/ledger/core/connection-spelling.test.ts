import { expect, it } from 'vitest';
import type { Change } from '../../../../src/ledger/core/change.ts';
import { type Failure, newHead } from '../../../../src/ledger/core/head.ts';
import { record } from '../../../../src/ledger/core/record.ts';
import type { LedgerState } from '../../../../src/ledger/core/state.ts';
import { newTrace } from '../../../../src/telemetry/trace-context.ts';

const now = Date.UTC(2026, 0, 1);
const put = (connectionId: string): Change => ({
  connectionId,
  groupId: 'night',
  kind: 'put-group',
  displayName: null,
  description: null,
});
const unknown: Failure = { code: 'connection-not-found', detail: 'Graph does not know it.', members: {} };

function changed(state: LedgerState, change: Change): LedgerState {
  const recording = record(state, change, now);
  if (recording.kind !== 'changed') throw new Error(`it is ${recording.kind}`);
  return recording.state;
}

/** Declared for the first time in a spelling that Graph may not know. */
function declaredIn(connectionId: string): LedgerState {
  return changed({ head: newHead(connectionId, 'night', newTrace()), pages: new Map() }, put(connectionId));
}

it('a spelling of the connection that Graph does not know gives way to the next one', () => {
  const { head, pages } = declaredIn('CONTOSOHR');
  const failed = { head: { ...head, failed: true, error: unknown }, pages };
  expect(changed(failed, put('contosohr')).head).toMatchObject({ connectionId: 'contosohr', failed: false });
});

it('the spelling of a connection in which Graph has shown the group stays', () => {
  const { head, pages } = declaredIn('ContosoHR');
  const seen = { head: { ...head, seen: true }, pages };
  const update: Change = { ...put('contosohr'), kind: 'put-group', displayName: 'Night', description: null };
  expect(changed(seen, update).head.connectionId).toBe('ContosoHR');
});
