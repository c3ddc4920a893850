import { noSequence } from '../../../src/ledger/core/entry.ts';
import type { DeclareById } from '../../../src/ledger/declare.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';
import type { ResolveChange } from '../../../src/ledger/resolve-change.ts';
import type { createLookUpNames } from '../../../src/names/look-up-names.ts';
import type { Clock } from '../../../src/shared/clock.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';
import { answerBreaks } from './break-answers.ts';
import { lifeBreaks } from './break-lives.ts';
import { nameBreaks } from './break-names.ts';
import { rewriting, rewritingAll } from './rewriting.ts';

export type DirectoryPorts = Pick<Parameters<typeof createLookUpNames>[0], 'findUsers' | 'readable'>;

/** A bug deliberately put into the wiring of declared groups. */
export interface DeclarationBreak {
  readonly words?: string;
  readonly ports?: (ports: LedgerPorts) => LedgerPorts;
  readonly declare?: (declare: DeclareById, clock: Clock) => DeclareById;
  /** Faults in asking the directory, and in what its answers are made to mean. */
  readonly directory?: (ports: DirectoryPorts) => DirectoryPorts;
  readonly resolve?: (resolveChange: ResolveChange) => ResolveChange;
  readonly hasNoHourlyPass?: boolean;
  readonly hasNoVerification?: boolean;
}

export const declarationBreaks = {
  ...answerBreaks,
  ...lifeBreaks,
  ...nameBreaks,
  'nothing-marked': {
    words: 'Graph is called without a mark in the ledger',
    ports: rewritingAll((entry) => ({ ...entry, current: 0 })),
  },
  'no-second-call': {
    words: 'what was begun for an earlier want is forgotten',
    ports: rewritingAll((entry) => ({ ...entry, late: 0 })),
  },
  'no-watermark': {
    words: 'exact lists and deletions leave no watermark for earlier changes that come later',
    ports: rewriting({ head: (head) => ({ ...head, watermark: noSequence }) }),
  },
  'acknowledged-when-busy': {
    words: 'a look is acknowledged because somebody else is at work',
    ports: (ports) => {
      const sent = new Set<string>();
      return {
        ...ports,
        looks: {
          ...ports.looks,
          // A number that was sent before is put off: this does not.
          send: (message, delay, within) => {
            const name = `${message.groupId} ${message.look}`;
            if (delay > 0 && sent.has(name))
              return Promise.resolve({ messageId: 'none', popReceipt: 'none', insertedOn: 0 });
            sent.add(name);
            return ports.looks.send(message, delay, within);
          },
        },
      };
    },
  },
  'look-after-record': {
    words: 'a look is sent after the record, not before',
    ports: (ports) => ({
      ...ports,
      looks: {
        ...ports.looks,
        send: (message, delay, within) => {
          ports.clock.after(500, () => void ports.looks.send(message, delay, within).catch(() => undefined));
          return Promise.resolve({ messageId: 'none', popReceipt: 'none', insertedOn: 0 });
        },
      },
    }),
  },
  'lands-beyond-the-bound': {
    words: 'a write lands later than is assumed of Graph',
    ports: (ports) => ({
      ...ports,
      graph: {
        ...ports.graph,
        write: async (connectionId, write, options) => {
          const answer = await ports.graph.write(connectionId, write, options);
          if (answer.kind === 'silent')
            ports.clock.after(1_200_000, () => {
              const { signal } = new AbortController();
              void ports.graph.write(connectionId, write, { ...options, signal, trace: newTrace() });
            });
          return answer;
        },
      },
    }),
  },
  'looks-unsent': {
    words: 'a look is taken for sent, and is not',
    ports: (ports) => ({
      ...ports,
      looks: {
        ...ports.looks,
        send: () => Promise.resolve({ messageId: 'none', popReceipt: 'none', insertedOn: 0 }),
      },
    }),
  },
  'writes-unconditional': {
    words: 'a state is written over whatever the ledger holds meanwhile',
    ports: (ports) => ({
      ...ports,
      store: {
        ...ports.store,
        write: (before, after, within) =>
          ports.store.write(before === null ? null : { ...before, etag: '*' }, after, within),
      },
    }),
  },
  'recorded-again': {
    words: 'every change is recorded again five seconds later',
    declare: (declare, clock) => (change, options) => {
      const declared = declare(change, options);
      const again = () => void declare(change, options).catch(() => undefined);
      declared.finally(() => clock.after(5_000, again)).catch(() => undefined);
      return declared;
    },
  },
  'no-hourly-pass': {
    words: 'what a purge of the queue has left behind is not looked after',
    hasNoHourlyPass: true,
  },
  'no-verification': {
    words: 'what others have changed in Graph is not found',
    hasNoVerification: true,
  },
} as const satisfies Readonly<Record<string, DeclarationBreak>>;

export type DeclarationBreakName = keyof typeof declarationBreaks;

/** The break of this name; `{}` for none. Throws for an unknown name. */
export function findDeclarationBreak(name: string | undefined): DeclarationBreak {
  if (name === undefined) return {};
  const all: Readonly<Record<string, DeclarationBreak>> = declarationBreaks;
  const found = all[name];
  if (found === undefined)
    throw new Error(`There is no break "${name}"; there are ${Object.keys(all).join(', ')}.`);
  return found;
}
