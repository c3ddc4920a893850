import { queueNames } from './queues.ts';

export const ledgerTable = 'externalGroupLedger';
export const operationsTable = 'externalGroupOperations';

export type QueueContent = 'work' | 'poison' | 'dead-letters';

/** Every queue of the app and its content. */
export const queues: readonly { readonly name: string; readonly content: QueueContent }[] = [
  { name: queueNames.work, content: 'work' },
  { name: queueNames.poison, content: 'poison' },
  { name: queueNames.deadLetters, content: 'dead-letters' },
  { name: queueNames.changes, content: 'work' },
  { name: queueNames.changesPoison, content: 'poison' },
  { name: queueNames.verifications, content: 'work' },
  { name: queueNames.verificationsPoison, content: 'poison' },
];

/** Every table of the app. */
export const tables: readonly string[] = [operationsTable, ledgerTable];
