import type { DeclarationPorts } from '../../../src/declarations/ports.ts';
import type { SealedState } from '../../../src/ledger/draft.ts';
import type { Head } from '../../../src/ledger/head.ts';
import { encodePage } from '../../../src/ledger/page-codec.ts';
import { noSequence, type Register } from '../../../src/ledger/register.ts';
import { newTrace } from '../../../src/telemetry/trace-context.ts';

/** A fault that is put in on purpose where declared groups are wired. */
export interface DeclarationBreak {
  readonly words?: string;
  readonly ports?: (ports: DeclarationPorts) => DeclarationPorts;
}

type ChangeRegister = <R extends Register>(register: R, head: Head | null) => R;

/** Other registers are written than the app meant to; `head`: of the group itself. */
const rewriting =
  (change: ChangeRegister) =>
  (ports: DeclarationPorts): DeclarationPorts => ({
    ...ports,
    store: {
      ...ports.store,
      write: (before, after, within) => ports.store.write(before, rewritten(after, change), within),
    },
  });

function rewritten(state: SealedState, change: ChangeRegister): SealedState {
  const pages = new Map(
    [...state.pages].map(([index, page]) => {
      const registers = [...page].map(([key, register]) => [key, change(register, null)] as const);
      return [index, new Map(registers)] as const;
    }),
  );
  const encoded = [...state.encoded].map(([index, bytes]) => {
    const page = pages.get(index);
    return [index, bytes === null || page === undefined ? bytes : encodePage(page)] as const;
  });
  return { head: change(state.head, state.head), pages, encoded: new Map(encoded) };
}

export const declarationBreaks = {
  'nothing-marked': {
    words: 'Graph is called without a mark in the ledger',
    ports: rewriting((register) => ({ ...register, current: 0 })),
  },
  'no-second-call': {
    words: 'what was begun for an earlier want is forgotten',
    ports: rewriting((register) => ({ ...register, late: 0 })),
  },
  'hasty-next-life': {
    words: 'the next life of a group begins while a deletion may yet land',
    ports: rewriting((register, head) =>
      head?.ending === true ? { ...register, current: 0, late: 0 } : register,
    ),
  },
  'no-floor': {
    words: 'exact lists and deletions leave no floor for earlier changes that come later',
    ports: rewriting((register, head) => (head === null ? register : { ...register, floor: noSequence })),
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
              return Promise.resolve({ messageId: 'none', popReceipt: 'none' });
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
          return Promise.resolve({ messageId: 'none', popReceipt: 'none' });
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
      looks: { ...ports.looks, send: () => Promise.resolve({ messageId: 'none', popReceipt: 'none' }) },
    }),
  },
  'silence-is-success': {
    words: 'a write that got no answer is taken for made',
    ports: (ports) => ({
      ...ports,
      graph: {
        ...ports.graph,
        write: async (connectionId, write, options) => {
          const answer = await ports.graph.write(connectionId, write, options);
          return answer.kind === 'silent' ? { kind: 'ok' } : answer;
        },
      },
    }),
  },
  'absence-believed': {
    words: 'the first 404 to a write is taken for success',
    ports: (ports) => ({
      ...ports,
      graph: {
        ...ports.graph,
        write: async (connectionId, write, options) => {
          const answer = await ports.graph.write(connectionId, write, options);
          return answer.kind === 'absent' ? { kind: 'ok' } : answer;
        },
      },
    }),
  },
  'silence-forgotten': {
    words: 'a write that got no answer is taken for never begun',
    ports: (ports) => ({
      ...ports,
      graph: {
        ...ports.graph,
        write: async (connectionId, write, options) => {
          const answer = await ports.graph.write(connectionId, write, options);
          return answer.kind === 'silent' ? { ...answer, kind: 'not-begun' } : answer;
        },
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
} as const satisfies Readonly<Record<string, DeclarationBreak>>;

export type DeclarationBreakName = keyof typeof declarationBreaks;

/** The break of this name; `{}`: none is asked for. Throws where there is none of the name. */
export function findDeclarationBreak(name: string | undefined): DeclarationBreak {
  if (name === undefined) return {};
  const all: Readonly<Record<string, DeclarationBreak>> = declarationBreaks;
  const found = all[name];
  if (found === undefined)
    throw new Error(`There is no break "${name}"; there are ${Object.keys(all).join(', ')}.`);
  return found;
}
