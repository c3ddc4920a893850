import type { DeclarationPorts } from '../../../src/declarations/ports.ts';

/** A fault that is put in on purpose where declared groups are wired. */
export interface DeclarationBreak {
  readonly words?: string;
  readonly ports?: (ports: DeclarationPorts) => DeclarationPorts;
}

export const declarationBreaks = {
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
