import type { GraphAnswer } from '../../../src/groups/graph-answer.ts';
import { memberKey } from '../../../src/groups/member.ts';
import type { LedgerPorts } from '../../../src/ledger/ports.ts';
import { rewriting } from './rewriting.ts';

/** Graph's answers to writes are taken for others. */
const answering =
  (take: (answer: GraphAnswer) => GraphAnswer) =>
  (ports: LedgerPorts): LedgerPorts => ({
    ...ports,
    graph: {
      ...ports.graph,
      write: async (connectionId, write, options) =>
        take(await ports.graph.write(connectionId, write, options)),
    },
  });

/** Faults in what is learned from Graph's answers. */
export const answerBreaks = {
  'silence-is-success': {
    words: 'a write that got no answer is taken for made',
    ports: answering((answer) => (answer.kind === 'silent' ? { kind: 'ok' } : answer)),
  },
  'silence-forgotten': {
    words: 'a write that got no answer is taken for never begun',
    ports: answering((answer) => (answer.kind === 'silent' ? { ...answer, kind: 'not-begun' } : answer)),
  },
  'absence-believed': {
    words: 'the first 404 to a write is taken for success',
    ports: answering((answer) => (answer.kind === 'absent' ? { kind: 'ok' } : answer)),
  },
  'absence-counted-early': {
    words: 'two 404s to a removal count although an addition may yet land',
    ports: (ports: LedgerPorts): LedgerPorts => {
      const absent = new Set<string>();
      const counting = rewriting({
        member: (member, key) =>
          !member.wanted && member.step === 'again' && absent.delete(key)
            ? { ...member, step: 'todo', said404: true, late: 0 }
            : member,
      });
      return counting({
        ...ports,
        graph: {
          ...ports.graph,
          write: async (connectionId, write, options) => {
            const answer = await ports.graph.write(connectionId, write, options);
            if (write.kind === 'remove-member' && answer.kind === 'absent')
              absent.add(memberKey(write.member));
            return answer;
          },
        },
      });
    },
  },
} as const;
