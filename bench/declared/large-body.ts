import { randomBytes } from 'node:crypto';
import { fixed } from '../finding.ts';
import { type Declaring, type Part, shown } from './start-declaring.ts';

/** Bytes that a list of members may take. */
const maxBody = 4 * 1024 * 1024;
/** Bytes of JSON around the id of a member. */
const around = JSON.stringify({ type: 'externalGroup', id: '' }).length + 1;

/** A body of 4 MiB, parsed and recorded, with ids long enough to fill it. Its group never exists in Graph, and is deleted here. */
export async function measureLargeBody({ proxy, caller }: Declaring, size: number): Promise<Part> {
  const length = Math.min(100, Math.floor((maxBody - 100) / size) - around);
  const members = Array.from({ length: size }, () => ({
    type: 'externalGroup' as const,
    id: randomBytes(length).toString('hex').slice(0, length),
  }));
  const bytes = Buffer.byteLength(JSON.stringify({ members }));
  proxy.take();
  const recorded = await caller.put('wide/members', { members });
  const requests = proxy.take();
  // What comes next is not to be measured beside tries to add them.
  await caller.remove('wide');
  return {
    rows: [
      shown(
        `A body of ${fixed(bytes / 2 ** 20)} MiB with ${size.toLocaleString('en')} members, parsed and recorded`,
        `${fixed(recorded.took / 1000, 1)} s, ${requests} table requests`,
      ),
    ],
    charts: [],
    detail: '',
  };
}
