import { describe, expect, it } from 'vitest';
import { createChangeKind } from '../../../src/ledger/change-kind.ts';
import type { ChangeContent } from '../../../src/ledger/change-message.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { toPiece } from '../../../src/queue/piece.ts';
import { createQueueWorker } from '../../../src/queue/queue-worker.ts';
import { encodeMessage } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { createTestRuntime } from '../../support/test-runtime.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const look: ChangeContent = { kind: 'look', look: { ...about, look: 1 }, message: { ...about, look: 1 } };
const change: ChangeContent = {
  kind: 'change',
  change: { ...about, kind: 'retry' },
  message: { ...about, retry: true },
};

function kindThatFails(thrown: unknown) {
  const fail = () => Promise.reject(thrown);
  return createChangeKind({ declare: fail, look: fail }, { idCharacters: 'alphanumeric', spell: (id) => id });
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

  it.each(['too-many-names', 'validation-failed'] as const)(
    'that is refused while names are looked up (%s) is a dead letter at once',
    async (code) => {
      const { kind, piece, attempted } = attempt(new AdapterError(code, 'refused'), change);
      expect(kind.judge(await attempted, piece).rule).toEqual({ do: 'dead-letter', code });
    },
  );

  it('whose names cannot be looked up comes again when the directory says', async () => {
    const fault = new AdapterError('deferral-unavailable', 'the directory is silent', { retryAfter: 17 });
    const { kind, piece, attempted } = attempt(fault, change);
    expect(kind.judge(await attempted, piece)).toMatchObject({
      rule: { do: 'reschedule', giveUpCode: 'gave-up' },
      retryAfter: 17,
    });
  });

  it('that crashed again and again is a dead letter; a look is sent again in 15 minutes', () => {
    const { sendPoisonedAgain } = kindThatFails(null);
    expect(sendPoisonedAgain?.(change)).toBeNull();
    expect(sendPoisonedAgain?.(look)).toBe(900);
  });

  it('leaves a look that storage lets down to the host', async () => {
    await expect(attempt(new Error('storage is gone'), look).attempted).rejects.toThrow('storage is gone');
  });

  it.each([500, 55_000, 65_500])(
    'of %i bytes is kept on the queue while the ledger is down, within what a message may have',
    async (bytes) => {
      const sent: { content: object | string; delay: number }[] = [];
      const runtime = createTestRuntime(Date.UTC(2026, 0, 1));
      const work = createQueueWorker(kindThatFails(new Error('storage is gone')), {
        send: async (_queue, content, { delay }) => void sent.push({ content, delay }),
        telemetry: silentTelemetry,
        runtime,
        limits: { attemptWithin: 1_000, giveUpAfter: 1_000 },
      });
      const member = (n: number) => ({
        type: 'user',
        id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      });
      const size = (message: object) => Buffer.byteLength(JSON.stringify(message));
      const message = { ...about, sequence: 1, add: [] as object[] };
      while (size({ ...message, add: [...message.add, member(0)] }) <= bytes)
        message.add.push(member(message.add.length));
      const log = () => undefined;
      const metadata = { messageId: 'm', insertedOn: new Date(), traceContext: undefined, log };
      await work(Buffer.from(JSON.stringify(message)), metadata);
      expect(sent).toMatchObject([{ content: message }]);
      const [{ content, delay } = { content: {}, delay: 0 }] = sent;
      expect(Buffer.byteLength(encodeMessage(content))).toBeLessThanOrEqual(65_536);
      if (bytes > 65_000) expect(delay).toBeGreaterThanOrEqual(60);
      else expect(content).toMatchObject({ attempts: 1, deliveryId: 'm' });
    },
  );
});
