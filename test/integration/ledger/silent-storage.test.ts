import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChangeEndpoint } from '../../../src/http/groups/change-endpoint.ts';
import { createSignatures } from '../../../src/http/verify-signature.ts';
import { createChangeReader } from '../../../src/ledger/change-reader.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { type LedgerWorld, startLedgerWorld } from './ledger-world.ts';

let world: LedgerWorld;
beforeAll(async () => {
  world = await startLedgerWorld();
});
afterAll(() => world.close());

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

it('storage that falls silent once a change is recorded: the caller hears 202, as the change is kept', async () => {
  let isSilent = false;
  // Graph has been asked, so the change is recorded; what it answers cannot be written down any more.
  world.intercept = () => {
    isSilent = true;
    return undefined;
  };
  const ledger = world.open({
    patches: {
      table: (table) => ({
        ...table,
        read: (...given) => (isSilent ? untilAborted(given[2]) : table.read(...given)),
        transact: (...given) => (isSilent ? untilAborted(given[1]) : table.transact(...given)),
      }),
    },
  });
  const putGroup = createChangeEndpoint('put-group', {
    callers: { requireLength: () => undefined, signatures: createSignatures([]), canonicalId: (id) => id },
    reader: createChangeReader('alphanumeric'),
    ledger,
    graphDeadline: 3_000,
    clock: systemClock,
  });
  const answer = await putGroup(
    {
      method: 'PUT',
      url: 'http://localhost/api/connections/contosohr/groups/silent',
      headers: new Headers({ 'content-type': 'application/json' }),
      params: { connectionId: 'contosohr', groupId: 'silent' },
      body: new Blob(['{}']).stream(),
    },
    { invocationId: 'invocation', traceContext: undefined, log: () => undefined },
  );
  expect([answer.status, JSON.parse(answer.body)]).toMatchObject([202, { id: 'silent', state: 'applying' }]);
  expect(answer.headers).toMatchObject({ location: '/api/connections/contosohr/groups/silent' });

  isSilent = false;
  world.intercept = () => undefined;
  world.ahead += 60_000;
  await world.look({ connectionId: 'contosohr', groupId: 'silent', look: 1 });
  expect(await world.ledger.readGroup('contosohr', 'silent')).toMatchObject({
    state: 'applied',
  });
});
