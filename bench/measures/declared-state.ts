import { measureLargeBody } from '../declared/large-body.ts';
import { measureLargeGroup } from '../declared/large-group.ts';
import { measureManyGroups } from '../declared/many-groups.ts';
import { type Part, shown, startDeclaring } from '../declared/start-declaring.ts';
import { measureVerification } from '../declared/verification.ts';
import type { Finding, Measure } from '../finding.ts';

/** Members of the large group; its pace is 225 a second and more. */
const large = 50_000;
const many = 10_000;
/** Seconds for declaring groups of ten, and for everything but the large group. */
const manySeconds = 180;
const besides = 270;
/** Members a second, at the least, by which the large group is cut down where there is too little time left. */
const slowest = 180;

export const declaredState: Measure = {
  name: 'declared-state',
  title: 'Declared groups',
  run: async ({ quick, say, secondsLeft }): Promise<Finding> => {
    const declaring = await startDeclaring();
    try {
      const fits = Math.floor(((secondsLeft() - besides) * slowest) / 5_000) * 5_000;
      const size = quick ? 5_000 : Math.max(5_000, Math.min(large, fits));
      const parts = [
        await measureLargeGroup(declaring, size, say),
        await orReason('A body of 4 MiB', () => measureLargeBody(declaring, quick ? 5_000 : large)),
        await orReason('Groups of ten', () =>
          measureManyGroups(declaring, quick ? 100 : many, quick ? 10 : manySeconds),
        ),
        await orReason('A verification', () => measureVerification(declaring)),
      ];
      return {
        rows: parts.flatMap(({ rows }) => rows),
        charts: parts.flatMap(({ charts }) => charts),
        detail: parts.flatMap(({ detail }) => (detail === '' ? [] : [detail])).join(' '),
      };
    } finally {
      await declaring.close();
    }
  },
};

/** A part that fails takes nothing from those before it. */
async function orReason(figure: string, measure: () => Promise<Part>): Promise<Part> {
  try {
    return await measure();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return { rows: [shown(figure, 'not measured')], charts: [], detail: `${figure}: ${why}.` };
  }
}
