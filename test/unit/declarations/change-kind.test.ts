import { describe, expect, it } from 'vitest';
import { createChangeKind } from '../../../src/declarations/change-kind.ts';
import type { ChangeContent } from '../../../src/declarations/change-message.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { toPiece } from '../../../src/work/piece.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const look: ChangeContent = { kind: 'look', look: { ...about, look: 1 }, message: { ...about, look: 1 } };
const change: ChangeContent = {
  kind: 'change',
  change: { ...about, kind: 'retry' },
  message: { ...about, retry: true },
};

function kindThatFails(thrown: unknown) {
  const fail = () => Promise.reject(thrown);
  return createChangeKind(
    { declare: fail, look: fail },
    { idCharacters: 'alphanumeric', isAllowed: () => true },
  );
}

function attempt(thrown: unknown, content: ChangeContent) {
  const metadata = { messageId: 'm', insertedOn: undefined, traceContext: undefined, log: () => undefined };
  const options = { now: 0, giveUpAfter: 1_000, newId: () => 'id' };
  const piece = toPiece(content, {}, { ...about, operationId: '' }, metadata, options);
  const kind = kindThatFails(thrown);
  return { kind, piece, attempted: kind.attempt(piece, 1_000) };
}

describe('a queued change', () => {
  it('that could not be recorded is rescheduled, and given up only by its age', async () => {
    const { kind, piece, attempted } = attempt(new Error('storage is gone'), change);
    const verdict = kind.judge(await attempted, piece);
    expect(verdict.rule).toMatchObject({ do: 'reschedule', reason: 'unavailable', giveUpCode: 'gave-up' });
    expect(verdict.why).toContain('storage is gone');
  });

  it('rejects for what is no fault of storage, so that the host delivers it again', async () => {
    const fault = new AdapterError('internal-error', 'a fault of ours');
    await expect(attempt(fault, change).attempted).rejects.toBe(fault);
  });

  it('that crashed again and again is a dead letter; a look is sent again in 15 minutes', () => {
    const { sendPoisonedAgain } = kindThatFails(null);
    expect(sendPoisonedAgain?.(change)).toBeNull();
    expect(sendPoisonedAgain?.(look)).toBe(900);
  });

  it('leaves a look that storage lets down to the host', async () => {
    await expect(attempt(new Error('storage is gone'), look).attempted).rejects.toThrow('storage is gone');
  });
});
