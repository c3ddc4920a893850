import type { GraphReply, GraphRequest } from '../world/graph-service.ts';
import { connectionId, type DeclarationRun, groupIds } from './declaration-run.ts';
import { viewLedger } from './ledger-view.ts';

/** Somebody else changes declared groups in Graph, a few times. */
export function addOutsider(run: DeclarationRun): void {
  const { world, settings, totals, interference, isCalm } = run;
  const { prng, graph } = world;
  let left = 2;

  /** Groups that are declared to exist: of others nobody reads back what they are. */
  const known = () =>
    groupIds.filter(
      (groupId) =>
        viewLedger(world.tables, connectionId, groupId)?.head.want.kind === 'present' &&
        graph.look(connectionId, groupId) !== null,
    );

  function interfere(): void {
    const groups = known();
    if (groups.length === 0) return;
    const groupId = prng.pick(groups);
    const held = graph.look(connectionId, groupId);
    if (held === null) return;
    left -= 1;
    totals.drifts += 1;
    interference.drifted.add(groupId);
    const { group, members } = held;
    switch (prng.int(3)) {
      case 0:
        world.timeline.note(() => `somebody else deletes ${groupId}`);
        graph.put(connectionId, groupId, null);
        return;
      case 1:
        world.timeline.note(() => `somebody else renames ${groupId}`);
        graph.put(connectionId, groupId, { group: { ...group, displayName: 'X' }, members });
        return;
      default:
        world.timeline.note(() => `somebody else removes all members of ${groupId}`);
        graph.put(connectionId, groupId, { group, members: new Set() });
        interference.hidden.add(groupId);
    }
  }

  world.addActor({
    name: 'somebody else',
    weight: () => (!isCalm() && left > 0 ? settings.drifts : 0),
    act: interfere,
  });
}

/**
 * Notes a creation by which an old call brings a group back that somebody else has deleted: it has no members then, and
 * looks as it should. Where the ledger does not know the group to exist, members follow.
 */
export function noteReturn(
  { world, interference }: Pick<DeclarationRun, 'world' | 'interference'>,
  request: GraphRequest,
  { status }: GraphReply,
): void {
  if (request.kind !== 'create-group' || status !== 201) return;
  const { id } = request.group;
  if (!interference.drifted.has(id)) return;
  if (viewLedger(world.tables, connectionId, id)?.head.seen === true) interference.hidden.add(id);
}
