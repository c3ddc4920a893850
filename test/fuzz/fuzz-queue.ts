import { isUtf8 } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import fc from 'fast-check';
import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';
import { type Creation, createReadCreation } from '../../src/creations/message.ts';
import { sameContent } from '../../src/groups/external-group.ts';
import { decodeMessage } from '../../src/queue/message-text.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { mutated } from './bytes.ts';
import { body, example } from './payloads.ts';

/** A message as a producer enqueues it: the text that storage keeps. */
interface QueueInput {
  readonly text: string;
  /** If it is a valid message: the creation that it requests. */
  readonly creation: Creation | null;
}

export interface QueueOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly connectionString: string;
  readonly graph: GraphStandIn;
  readonly say: (line: string) => void;
  readonly alive: () => void;
  /** Makes the app empty its poison queues, as its timer would within a minute. */
  readonly maintainQueues: () => Promise<void>;
}

export interface QueueReport {
  readonly groups: number;
  readonly deadLetters: number;
  readonly violations: readonly string[];
}

/** Storage accepts 64 KiB; Azurite sorts the whole queue for every read, so it is kept short. */
const maxText = 64 * 1024;
const portion = 250;

/** Enqueues inputs and waits for the result of each: a group in Graph, or one dead letter. */
export async function fuzzQueue(options: QueueOptions): Promise<QueueReport> {
  const service = QueueServiceClient.fromConnectionString(options.connectionString);
  const queue = (name: keyof typeof queueNames) => service.getQueueClient(queueNames[name]);
  const size = async (name: keyof typeof queueNames) =>
    (await queue(name).getProperties()).approximateMessagesCount ?? 0;
  for (const name of Object.keys(queueNames) as (keyof typeof queueNames)[])
    await queue(name).createIfNotExists();

  const drained = async () => {
    for (;;) {
      const poisoned = await size('poison');
      if (poisoned + (await size('work')) === 0) return;
      options.alive();
      if (poisoned > 0) await options.maintainQueues();
      await pause(200);
    }
  };
  // Operations deferred over HTTP are not counted here.
  await drained();
  await queue('deadLetters').clearMessages();
  options.graph.reset();

  const inputs = makeInputs(options.inputs, options.seed);
  for (let at = 0; at < inputs.length; at += portion) {
    await Promise.all(inputs.slice(at, at + portion).map(({ text }) => queue('work').sendMessage(text)));
    await drained();
    options.say(`queue: ${Math.min(inputs.length, at + portion)}/${inputs.length} ended`);
  }

  const groups = options.graph.groups();
  // The first one has created the group; a different one with the same id is a conflict.
  const conflicts = inputs.filter(({ creation }) => {
    if (creation === null) return false;
    const found = groups.find(({ connectionId, id }) => isFor(creation, connectionId, id));
    return found === undefined || !sameContent(found, creation.group);
  });
  const lost = conflicts.filter(
    ({ creation }) =>
      creation !== null &&
      creation.connectionId.toLowerCase() === 'contosohr' &&
      !groups.some(({ connectionId, id }) => isFor(creation, connectionId, id)),
  );
  const unreadable = inputs.filter(({ creation }) => creation === null).length;
  const deadLetters = await size('deadLetters');
  const violations = [
    ...(deadLetters === unreadable + conflicts.length
      ? []
      : [`${deadLetters} dead letters for ${unreadable} invalid messages and ${conflicts.length} conflicts`]),
    ...lost.map(({ text }) => `neither created nor dead-lettered: ${text.slice(0, 300)}`),
  ];
  return { groups: groups.length, deadLetters, violations };
}

function isFor(creation: Creation, connectionId: string, id: string): boolean {
  return creation.connectionId.toLowerCase() === connectionId.toLowerCase() && creation.group.id === id;
}

function makeInputs(count: number, seed: number): QueueInput[] {
  const readCreation = createReadCreation({ idCharacters: 'alphanumeric', isAllowed: () => true });
  const minimal = fc
    .nat(0xffffffff)
    .map((id) => ({ connectionId: 'contosohr', group: { ...example, id: `q${id.toString(16)}` } }));
  const envelope = fc.record({
    operationId: fc.constant('0123456789abcdef0123456789abcdef'),
    reason: fc.constantFrom('queued', 'throttled', 'denied', 'strange'),
    attempts: fc.constantFrom(0, 3, -1, 1.5, 2 ** 53),
    uncertain: fc.boolean(),
    firstQueuedDateTime: fc.constantFrom(
      new Date().toISOString(),
      '2026-02-30T00:00:00Z',
      '9999-12-31T23:59:59Z',
      'yesterday',
    ),
    traceparent: fc.constantFrom('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x', ''),
  });
  const asBytes = (content: object) => Buffer.from(JSON.stringify(content));
  const bytes = fc.oneof(
    { weight: 4, arbitrary: minimal.chain((message) => mutated(asBytes(message))) },
    { weight: 2, arbitrary: minimal.map(asBytes) },
    {
      weight: 2,
      arbitrary: fc.tuple(minimal, envelope).map(([message, more]) => asBytes({ ...message, ...more })),
    },
    {
      weight: 3,
      arbitrary: body.map((group) =>
        Buffer.concat([Buffer.from('{"connectionId":"contosohr","group":'), group, Buffer.from('}')]),
      ),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given)) },
  );
  // Plain JSON and base64 of it are both accepted; the same bytes in either form are the same message.
  const text = fc.oneof(
    { weight: 12, arbitrary: bytes.map((given) => given.toString('base64')) },
    { weight: 4, arbitrary: bytes.filter(isUtf8).map((given) => given.toString('utf8')) },
    { weight: 1, arbitrary: nested },
  );
  return fc
    .sample(text, { numRuns: count, seed })
    .filter((given) => Buffer.byteLength(given) <= maxText && isStorable(given))
    .map((given) => ({ text: given, creation: read(given) }));

  function read(given: string): Creation | null {
    const { json } = decodeMessage(Buffer.from(given, 'utf8'));
    const reading = json.ok ? readCreation(json.value) : null;
    return reading?.kind === 'readable' && reading.refused === null ? reading.content : null;
  }
}

/** Balanced brackets nested deeper than a recursive parser can follow: arrays, objects, alone and within a message. */
const nested = fc
  .tuple(fc.constantFrom(3_000, 8_000, 15_000), fc.constantFrom('[]', '{}'), fc.boolean(), fc.boolean())
  .map(([depth, brackets, isWithin, isEncoded]) => {
    const [open, close] = brackets === '[]' ? ['[', ']'] : ['{"a":', '}'];
    const levels = brackets === '[]' ? depth : Math.min(depth, 8_000);
    const core = brackets === '[]' ? '' : '{}';
    const nesting = open.repeat(levels) + core + close.repeat(levels);
    const text = isWithin ? `{"connectionId":"contosohr","group":${nesting}}` : nesting;
    return isEncoded ? Buffer.from(text).toString('base64') : text;
  });

/** Text that XML can represent, and storage therefore accepts; leading and trailing white space is lost. */
function isStorable(text: string): boolean {
  return text !== '' && text.trim() === text && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text) && text.isWellFormed();
}
