import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { propertiesOf } from '../../../local/watch/trace-tree.ts';
import { until } from '../../support/until.ts';
import { type Client, example, startClient } from '../client.ts';
import { received } from './received.ts';

const creates = 1_000;

describe('1,000 creations in a burst', () => {
  let client: Client;
  beforeAll(async () => {
    client = await startClient({ env: { GRAPH_DEADLINE: 'PT200S' } });
  });
  afterAll(() => client.close());

  it('are 1,000 events, and as many dependencies as Graph had calls', async () => {
    const { stack } = client;
    const ids = Array.from({ length: creates }, (_, index) => `burst${index}`);
    const replies = await Promise.all(ids.map((id) => client.post({ ...example, id })));
    const directly = replies.filter(({ status }) => status === 201).length;
    const deferred = replies.filter(({ status }) => status === 202);
    // On a slow machine the last ones exceed their deadline: they are created through the queue.
    expect(directly + deferred.length).toBe(creates);
    await Promise.all(deferred.map(({ body }) => client.settled(body.id)));
    // Stopping takes 15 seconds at most, too short for a busy machine to send all of it.
    const isCreated = ({ data }: { data: { baseData: { name?: string } } }) =>
      data.baseData.name === 'ExternalGroupCreated';
    await until(() => received(stack).events.filter(isCreated).length >= creates, 500);
    await stack.host?.stop();

    const { events, graphCalls, metrics } = received(stack);
    const created = events.filter(isCreated);
    expect(new Set(created.map((event) => propertiesOf(event).groupId))).toEqual(new Set(ids));
    expect(created).toHaveLength(creates);
    expect(stack.graph.counters()).toMatchObject({ created: creates });

    const answered = stack.graph.calls().filter(({ status }) => typeof status === 'number');
    const byStatus = (statuses: readonly unknown[]) =>
      Object.fromEntries([...Map.groupBy(statuses, String)].map(([status, all]) => [status, all.length]));
    expect(
      byStatus(graphCalls.map(({ data }) => data.baseData.resultCode).filter((code) => code !== '0')),
    ).toEqual(byStatus(answered.map(({ status }) => status)));
    const durations = metrics.filter(({ name, dimensions }) => {
      return name === 'externalGroups.create.duration' && dimensions.outcome === 'created';
    });
    expect(durations.reduce((sum, { count }) => sum + count, 0)).toBe(creates);
  });
});
