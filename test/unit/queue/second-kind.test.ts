import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../src/queue/envelope.ts';
import type { SettlementRecords, WorkKind } from '../../../src/queue/kind.ts';
import { createHandlePoisonMessage } from '../../../src/queue/poison-messages.ts';
import { backoffs, type QueueRule } from '../../../src/queue/policy.ts';
import { createQueueWorker } from '../../../src/queue/queue-worker.ts';
import { queueNames, type Send } from '../../../src/storage/queues.ts';
import { silentTelemetry } from '../../../src/telemetry/telemetry.ts';
import { createTestRuntime } from '../../support/test-runtime.ts';

interface Ticket {
  readonly ticket: number;
}
type TicketOutcome = 'filed' | 'busy' | 'lost';

/** The outcome table of a kind of work that has nothing to do with groups. */
const rules: { readonly [outcome in TicketOutcome]: QueueRule } = {
  filed: { do: 'complete' },
  busy: { do: 'reschedule', reason: 'unavailable', giveUpCode: 'gave-up', backoff: backoffs.outage },
  lost: { do: 'dead-letter', code: 'graph-rejected' },
};
const queue = 'tickets';
const start = Date.parse('2026-11-21T12:00:00.000Z');

/** A kind of work with its own handler, outcome table and names; everything else is shared. */
function openTickets(outcomes: readonly TicketOutcome[]) {
  const runtime = createTestRuntime(start);
  const states = new Map<string, string>();
  const attempted: number[] = [];
  const records: SettlementRecords<Ticket> = {
    record: async ({ content, delivery }, { status }) => {
      const key = `${content.ticket} of ${delivery.id}`;
      const before = states.get(key);
      const settledBefore = before === 'succeeded' || before === 'failed';
      if (!settledBefore) states.set(key, status);
      return { settledBefore, version: null };
    },
    isSettled: async ({ content, delivery }) =>
      states.get(`${content.ticket} of ${delivery.id}`) === 'succeeded',
    recordUnread: () => Promise.resolve(),
  };
  const kind: WorkKind<Ticket, TicketOutcome> = {
    name: 'file-ticket',
    queue,
    read: (value) => {
      const { ticket, ...envelope } = { ...(value as Ticket & Envelope) };
      if (!Number.isInteger(ticket))
        return {
          kind: 'unreadable',
          error: { code: 'validation-failed', detail: 'No ticket.' },
          subject: null,
        };
      const subject = { connectionId: 'desk', groupId: String(ticket), operationId: '' };
      const refused = ticket < 0 ? ({ code: 'connection-not-allowed', detail: 'Not ours.' } as const) : null;
      return { kind: 'readable', content: { ticket }, envelope, subject, refused };
    },
    toMessage: ({ ticket }) => ({ ticket }),
    attempt: async ({ content }) => {
      attempted.push(content.ticket);
      return outcomes[Math.min(attempted.length, outcomes.length) - 1] ?? 'filed';
    },
    judge: (outcome) => ({
      rule: rules[outcome],
      wasTried: true,
      retryAfter: null,
      uncertain: null,
      problem:
        outcome === 'filed' ? null : { code: 'graph-rejected', detail: `It is ${outcome}.`, members: {} },
      letter: { desk: 7 },
      graph: null,
      event: null,
      why: outcome,
    }),
    records,
    cuts: [],
    sendPoisonedAgain: ({ ticket }) => (ticket === 99 ? 900 : null),
  };
  const sent: { queue: string; content: object; delay: number }[] = [];
  const send: Send = async (to, content, { delay }) => void sent.push({ queue: to, content, delay });
  const limits = { attemptWithin: 1_000, giveUpAfter: 3_600_000 };
  const ports = { send, telemetry: silentTelemetry, runtime, limits };
  const metadata = {
    messageId: 'm1',
    insertedOn: new Date(start),
    traceContext: undefined,
    log: () => undefined,
  };
  const worker = createQueueWorker(kind, ports);
  const handlePoison = createHandlePoisonMessage(kind, ports);
  return {
    work: (message: unknown) => worker(Buffer.from(JSON.stringify(message)), metadata),
    poison: (message: unknown) => handlePoison(Buffer.from(JSON.stringify(message)), metadata),
    sent,
    states,
    attempted,
    runtime,
  };
}

describe('a second kind of work', () => {
  it('is completed, rescheduled and dead-lettered by its own table, through the shared pipeline', async () => {
    const { work, sent, states, runtime } = openTickets(['busy', 'filed', 'lost']);
    await work({ ticket: 1 });
    expect(sent).toMatchObject([
      {
        queue,
        content: { ticket: 1, version: 1, deliveryId: 'm1', attempts: 1, reason: 'unavailable' },
        delay: 1,
      },
    ]);
    await work(sent[0]?.content);
    expect([...states]).toEqual([['1 of m1', 'succeeded']]);
    await work({ ticket: 2 });
    expect(sent[1]).toMatchObject({
      queue: queueNames.deadLetters,
      content: { queue, ticket: 2, error: { code: 'graph-rejected', detail: 'It is lost.', desk: 7 } },
    });
    expect(states.get('2 of m1')).toBe('failed');
    expect(runtime.clock.now()).toBe(start);
  });

  it('is given up at the same age, refused and unreadable within one attempt', async () => {
    const { work, sent, attempted, runtime } = openTickets(['busy']);
    await runtime.clock.pass(3_600_000);
    await work({ ticket: 1 });
    await work({ ticket: -1 });
    await work({ tick: 'x' });
    const codes = sent.map(({ content }) => ({ ...content }) as { error: { code: string } });
    expect(codes.map(({ error }) => error.code)).toEqual([
      'gave-up',
      'connection-not-allowed',
      'validation-failed',
    ]);
    expect(sent.every((one) => one.queue === queueNames.deadLetters)).toBe(true);
    expect(attempted).toEqual([1]);
  });

  it('has its poisoned messages handled, and may have those without state sent again', async () => {
    const { work, poison, sent } = openTickets(['filed']);
    await poison({ ticket: 99 });
    expect(sent).toMatchObject([{ queue, content: { ticket: 99 }, delay: 900 }]);
    await work({ ticket: 3 });
    await poison({ ticket: 3 });
    expect(sent).toHaveLength(1);
    await poison({ ticket: 4 });
    expect(sent[1]).toMatchObject({
      queue: queueNames.deadLetters,
      content: { queue, error: { code: 'crashed' } },
    });
  });
});
