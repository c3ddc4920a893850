import { describe, expect, it } from 'vitest';
import { createReadChangeMessage } from '../../../src/ledger/change-message.ts';
import { createChangeWorker } from '../../../src/ledger/change-worker.ts';
import { AdapterError } from '../../../src/problems/adapter-error.ts';
import { encodeMessage } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { createTestRuntime } from '../../support/test-runtime.ts';

const about = { connectionId: 'contosohr', groupId: 'night' };
const look = { ...about, look: 1 };
const change = { ...about, retry: true };
const rules = { idCharacters: 'alphanumeric', canonicalId: (id: string) => id } as const;
const now = Date.UTC(2026, 0, 1);

interface Sent {
  readonly queue: string;
  readonly content: object | string;
  readonly delay: number;
}

/** A worker whose changes and looks fail with this. */
function workerThatFails(thrown: unknown) {
  const fail = () => Promise.reject(thrown);
  const sent: Sent[] = [];
  const lines: string[] = [];
  const worker = createChangeWorker(
    { declare: fail, look: fail, read: createReadChangeMessage(rules) },
    {
      send: async (queue, content, { delay }) => {
        sent.push({ queue, content, delay });
        return { messageId: '', popReceipt: '', insertedOn: 0 };
      },
      telemetry: silentTelemetry,
      runtime: createTestRuntime(now),
      giveUpAfter: 3_600_000,
    },
  );
  const log = (_level: string, line: string) => void lines.push(line);
  const metadata = { messageId: 'm', insertedOn: new Date(now), traceContext: undefined, log };
  const bytes = (message: object) => Buffer.from(JSON.stringify(message));
  return {
    sent,
    lines,
    work: (message: object) => worker.work(bytes(message), metadata),
    poison: (message: object) => worker.handlePoison(bytes(message), metadata),
  };
}

/** A change whose message has been on its way for two hours. */
const old = {
  ...change,
  version: 1,
  deliveryId: 'own',
  reason: 'unavailable',
  attempts: 6,
  uncertain: false,
  firstQueuedDateTime: new Date(now - 7_200_000).toISOString(),
};

describe('a queued change', () => {
  it('that could not be recorded is rescheduled', async () => {
    const { work, sent, lines } = workerThatFails(new Error('storage is gone'));
    await work(change);
    expect(sent).toMatchObject([
      { queue: 'external-group-changes', content: { ...change, reason: 'unavailable', attempts: 1 } },
    ]);
    expect(lines.join()).toContain('storage is gone');
  });

  it('that could not be recorded is given up only by its age', async () => {
    const { work, sent } = workerThatFails(new Error('storage is gone'));
    await work(old);
    const error = { code: 'gave-up', detail: 'Given up after 7 attempts.' };
    expect(sent).toMatchObject([
      { queue: 'external-group-creations-deadletter', content: { ...change, error } },
    ]);
  });

  it('waits for the grant that looking up names needs', async () => {
    const { work, sent } = workerThatFails(new AdapterError('directory-access-denied', 'Not granted.'));
    await work(change);
    expect(sent).toMatchObject([{ content: { reason: 'denied' } }]);
    expect(sent[0]?.delay).toBeGreaterThanOrEqual(30);
  });

  it.each(['too-many-names', 'validation-failed'] as const)(
    'that is refused while names are looked up (%s) is a dead letter at once',
    async (code) => {
      const { work, sent } = workerThatFails(new AdapterError(code, 'refused'));
      await work(change);
      expect(sent).toMatchObject([
        { queue: 'external-group-creations-deadletter', content: { error: { code } } },
      ]);
    },
  );

  it('whose names cannot be looked up comes again when the directory says', async () => {
    const fault = new AdapterError('deferral-unavailable', 'the directory is silent', { retryAfter: 17 });
    const { work, sent } = workerThatFails(fault);
    await work(change);
    expect(sent).toMatchObject([{ queue: 'external-group-changes', content: change }]);
    expect(sent[0]?.delay).toBeGreaterThanOrEqual(17);
  });

  it('rejects for what is no fault of storage, so that the host delivers it again', async () => {
    const fault = new AdapterError('internal-error', 'a fault of ours');
    const { work, sent } = workerThatFails(fault);
    await expect(work(change)).rejects.toBe(fault);
    expect(sent).toEqual([]);
  });

  it('that crashed again and again is a dead letter; a look is sent again in 15 minutes', async () => {
    const { poison, sent } = workerThatFails(null);
    await poison(change);
    await poison(look);
    expect(sent).toMatchObject([
      { queue: 'external-group-creations-deadletter', content: { error: { code: 'crashed' } } },
      { queue: 'external-group-changes', content: look, delay: 900 },
    ]);
  });

  it('leaves a look that storage lets down to the host', async () => {
    const { work, sent } = workerThatFails(new Error('storage is gone'));
    await expect(work(look)).rejects.toThrow('storage is gone');
    expect(sent).toEqual([]);
  });

  it.each([500, 55_000, 65_500])(
    'of %i bytes is kept on the queue while the ledger is down, within what a message may have',
    async (bytes) => {
      const { work, sent } = workerThatFails(new Error('storage is gone'));
      const member = (n: number) => ({
        type: 'user',
        id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      });
      const size = (message: object) => Buffer.byteLength(JSON.stringify(message));
      const message = { ...about, sequence: 1, add: [] as object[] };
      while (size({ ...message, add: [...message.add, member(0)] }) <= bytes)
        message.add.push(member(message.add.length));
      await work(message);
      expect(sent).toMatchObject([{ content: message }]);
      const [{ content, delay } = { content: {}, delay: 0 }] = sent;
      expect(Buffer.byteLength(encodeMessage(content))).toBeLessThanOrEqual(65_536);
      if (bytes > 65_000) expect(delay).toBeGreaterThanOrEqual(60);
      else expect(content).toMatchObject({ attempts: 1, deliveryId: 'm' });
    },
  );
});
