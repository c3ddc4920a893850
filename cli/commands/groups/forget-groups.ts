import { randomUUID } from 'node:crypto';
import { createForgetGroup, type Forgetting } from '../../../src/ledger/forget-group.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { ledgerTable } from '../../../src/storage/stores.ts';
import { createTable } from '../../../src/storage/table.ts';
import type { Context } from '../../context.ts';
import { type ExitCode, exitCodes, usageFailure } from '../../failure.ts';
import { count, printable } from '../../terminal/printable.ts';
import { findStorage, type StorageOptions } from '../../where/storage-target.ts';

export interface ForgetOptions extends StorageOptions {
  readonly connection: string;
  readonly yes?: boolean;
}

/** `groups forget`: takes what was recorded by mistake out of the ledger, if nothing of it is in Graph. */
export async function forgetGroups(
  ids: readonly string[],
  options: ForgetOptions,
  context: Context,
): Promise<ExitCode> {
  const { console, interrupted } = context;
  const { connection: connectionId } = options;
  const { setting, credentialFor, label } = findStorage(options, context.env, context.folder);
  if (options.yes !== true) {
    const question = `Forget ${count(ids.length, 'group')} of ${connectionId} with all members in ${label}?`;
    const answer = console.confirm(question);
    if (answer === null)
      throw usageFailure('There is no terminal to ask for confirmation: add --yes to forget.');
    if (!(await answer)) {
      console.note('Nothing was forgotten.');
      return exitCodes.failed;
    }
  }
  const table = createTable(ledgerTable, setting, credentialFor);
  const forget = createForgetGroup(createLedgerStore(table, systemClock, randomUUID));
  const done: { readonly groupId: string; readonly result: Forgetting }[] = [];
  for (const groupId of ids) {
    if (interrupted.aborted) break;
    const result = await forget(connectionId, groupId);
    done.push({ groupId, result });
    console.line(`${printable(`${connectionId}/${groupId}`)}: ${describe(result)}`);
  }
  await console.document({
    connectionId,
    groups: done.map(({ groupId, result: { kind, ...more } }) => ({ groupId, result: kind, ...more })),
  });
  if (interrupted.aborted)
    console.note(`Interrupted: ${done.length} of ${count(ids.length, 'group')} are done.`);
  return done.length === ids.length && done.every(({ result }) => result.kind === 'forgotten')
    ? exitCodes.ok
    : exitCodes.failed;
}

function describe(result: Forgetting): string {
  if (result.kind === 'forgotten') return 'forgotten.';
  return result.kind === 'unknown' ? 'the ledger has nothing about it.' : `not forgotten: ${result.why}.`;
}
