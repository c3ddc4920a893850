import type { OperationsTable } from '../../../src/creations/operations/operations.ts';
import type { CreateExternalGroup } from '../../../src/graph/create-external-group.ts';
import type { GraphCalls } from '../../../src/graph/transport/call-graph.ts';
import type { Send } from '../../../src/storage/queues.ts';
import { queueNames } from '../../../src/storage/queues.ts';

/** A bug deliberately put into the app where it is wired: the simulation must notice each of them. */
export interface Break {
  readonly words: string;
  readonly send?: (send: Send) => Send;
  readonly table?: (table: OperationsTable) => OperationsTable;
  readonly calls?: (calls: GraphCalls) => GraphCalls;
  readonly createExternalGroup?: (create: CreateExternalGroup) => CreateExternalGroup;
  /** Milliseconds. */
  readonly giveUpAfter?: number;
  readonly hasNoTimer?: boolean;
}

const sendsUnawaited =
  (queue: string) =>
  (send: Send): Send =>
  (name, content, options) => {
    const sent = send(name, content, options);
    if (name !== queue) return sent;
    sent.catch(() => undefined);
    return Promise.resolve({ messageId: '', popReceipt: '', insertedOn: 0 });
  };

export const breaks = {
  'unawaited-work': {
    words: 'a message is taken for sent before the queue has confirmed it',
    send: sendsUnawaited(queueNames.work),
  },
  'unawaited-letters': {
    words: 'a dead letter is taken for written before the queue has confirmed it',
    send: sendsUnawaited(queueNames.deadLetters),
  },
  'unconditional-writes': {
    words: 'operations are written whatever the table holds meanwhile',
    table: (table) => ({
      ...table,
      transact: (actions, signal) =>
        table.transact(
          actions.map((action) => (action.kind === 'replace' ? { ...action, etag: '*' } : action)),
          signal,
        ),
    }),
  },
  'forgotten-doubt': {
    words: 'a creation is not read before it is written again',
    createExternalGroup: (create) => (connectionId, group, options) =>
      create(connectionId, group, { ...options, uncertain: false }),
  },
  'silence-is-success': {
    words: 'a creation that got no answer is taken for made',
    calls: (calls) => ({
      ...calls,
      createGroup: async (connectionId, group, options) => {
        const graph = { status: 201, code: null, requestId: null };
        const made = { status: 201, body: group, graph, codes: [], retryAfter: null };
        return calls.createGroup(connectionId, group, options).catch(() => made);
      },
    }),
  },
  'dated-by-instances': {
    words: 'a creation is dated by the clock of the instance that queued it',
    send: (send) => (queue, content, options) =>
      send(queue, typeof content === 'string' ? content : { ...content, announced: undefined }, options),
  },
  'waits-ignored': {
    words: 'a message that is put back can be seen at once',
    send: (send) => (queue, content, options) => send(queue, content, { ...options, delay: 0 }),
  },
  'never-given-up': {
    words: 'work that fails is tried for ever',
    giveUpAfter: Number.MAX_SAFE_INTEGER,
  },
  'poison-left': {
    words: 'nobody empties the poison queue',
    hasNoTimer: true,
  },
} as const satisfies Readonly<Record<string, Break>>;

export type BreakName = keyof typeof breaks;

/** The break of this name; `{}` for none. Throws for an unknown name. */
export function findBreak(name: string | undefined): Partial<Break> {
  if (name === undefined) return {};
  const all: Readonly<Record<string, Break>> = breaks;
  const found = all[name];
  if (found === undefined)
    throw new Error(`There is no break "${name}"; there are ${Object.keys(all).join(', ')}.`);
  return found;
}
