import { setTimeout as pause } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import fc from 'fast-check';
import { parseJson } from '../../local/stack/json.ts';
import type { GraphStandIn } from '../../local/stand-ins/graph/graph-stand-in.ts';
import { longestGroup } from '../../src/creations/admit.ts';
import { createMessageReader, type Message } from '../../src/creations/message.ts';
import { sameContent } from '../../src/groups/external-group.ts';
import { queueNames } from '../../src/storage/queues.ts';
import { mutated } from './bytes.ts';
import { body, example } from './payloads.ts';

/** A message as a producer puts it on the queue: the text that storage keeps. */
interface QueueInput {
  readonly text: string;
  /** Where it is a valid message: the creation that it asks for. */
  readonly creation: Message | null;
}

export interface QueueDoorOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly connectionString: string;
  readonly graph: GraphStandIn;
  readonly say: (line: string) => void;
  readonly alive: () => void;
}

export interface QueueDoorReport {
  readonly groups: number;
  readonly deadLetters: number;
  readonly violations: readonly string[];
}

/** Storage takes 64 KiB; Azurite sorts the whole queue for every read, so it is kept short. */
const longestText = 64 * 1024;
const portion = 250;

/** Puts inputs on the queue and waits for the end of each: a group in Graph, or one dead letter. */
export async function fuzzQueueDoor(options: QueueDoorOptions): Promise<QueueDoorReport> {
  const service = QueueServiceClient.fromConnectionString(options.connectionString);
  const queue = (name: keyof typeof queueNames) => service.getQueueClient(queueNames[name]);
  const size = async (name: keyof typeof queueNames) =>
    (await queue(name).getProperties()).approximateMessagesCount ?? 0;
  for (const name of Object.keys(queueNames) as (keyof typeof queueNames)[])
    await queue(name).createIfNotExists();

  const drained = async () => {
    while ((await size('work')) + (await size('poison')) > 0) {
      options.alive();
      await pause(200);
    }
  };
  // What the other door has deferred is not of this reckoning.
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
  // Whoever came first has created the group; a different one with the same id is a conflict.
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
    ...lost.map(({ text }) => `neither created nor buried: ${text.slice(0, 300)}`),
  ];
  return { groups: groups.length, deadLetters, violations };
}

function isFor(creation: Message, connectionId: string, id: string): boolean {
  return creation.connectionId.toLowerCase() === connectionId.toLowerCase() && creation.group.id === id;
}

function makeInputs(count: number, seed: number): QueueInput[] {
  const readMessage = createMessageReader('alphanumeric');
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
  const text = fc.oneof(
    { weight: 12, arbitrary: bytes.map((given) => given.toString('base64')) },
    // Not base64: a producer who forgot. Its group is nobody else's: where an equal message of the same second has
    // created it, there is nothing left to bury.
    {
      weight: 1,
      arbitrary: fc.uuid().map((id) => {
        const group = { ...example, id: `r${id.replaceAll('-', '')}` };
        return JSON.stringify({ connectionId: 'contosohr', group });
      }),
    },
  );
  return fc
    .sample(text, { numRuns: count, seed })
    .filter((given) => given.length <= longestText && given !== '')
    .map((given) => ({ text: given, creation: readCreation(given) }));

  function readCreation(given: string): Message | null {
    const raw = Buffer.from(given, 'base64');
    if (raw.toString('base64') !== given) return null;
    const read = readMessage(parseJson(raw.toString('utf8')) ?? 'not JSON');
    if (!read.ok || Buffer.compare(Buffer.from(raw.toString('utf8')), raw) !== 0) return null;
    return Buffer.byteLength(JSON.stringify(read.message.group)) > longestGroup ? null : read.message;
  }
}
