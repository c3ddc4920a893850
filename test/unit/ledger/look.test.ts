import { expect, it } from 'vitest';
import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import { createLook } from '../../../src/ledger/look.ts';
import { adding, group, startLedger } from './memory-ledger.ts';

const log = () => undefined;
/** Wakes are named by the caller: the state is written with this number. */
const look = 7;
const present = { step: 'done', seen: true, want: { kind: 'present' }, look } as const;
const properties = { displayName: null, description: null };

it('a look comes again when the lease of another worker ends', async () => {
  const { clock, ports, looks, writeDirectly } = startLedger();
  const lease = { owner: 'other', until: clock.now() + 40_000 };
  await writeDirectly(adding(1), (head) => ({ ...head, look, lease }));
  await createLook(ports)({ ...group, look }, { log });
  expect(looks).toEqual([{ message: { ...group, look }, delay: expect.closeTo(40_000, -4) }]);
});

it('a worker that has done its part releases the lease', async () => {
  const throttled: GraphAnswer = { kind: 'throttled', why: '429', graph: null, retryAfter: 60 };
  const graph = { write: async () => throttled, read: async () => throttled };
  const { ports, direct, writeDirectly } = startLedger(undefined, graph);
  await writeDirectly(adding(1), (head) => ({
    ...head,
    ...present,
    want: { ...present.want, ...properties },
  }));
  await createLook(ports)({ ...group, look }, { log });
  const { stored } = await direct.readHead(group.connectionId, group.groupId, 1_000);
  expect(stored?.head).toMatchObject({ look: look + 2, lease: null, attempts: 1 });
});

it('a look with an older number is over, and one that the ledger does not know yet comes again', async () => {
  const { ports, looks, writeDirectly } = startLedger();
  await writeDirectly(adding(1), (head) => ({ ...head, look }));
  await createLook(ports)({ ...group, look: look - 1 }, { log });
  expect(looks).toEqual([]);
  await createLook(ports)({ ...group, look: look + 1 }, { log });
  expect(looks).toMatchObject([{ message: { look: look + 1, putOff: 1 } }]);
});
