import type { OperationsTable } from '../../src/creations/operations/operations.ts';

/** The operations table in memory: conditional writes, with errors as the service returns them. */
export function createMemoryTable(): OperationsTable {
  const entities = new Map<string, { entity: Record<string, unknown>; version: number }>();
  const keyOf = (partitionKey: unknown, rowKey: unknown) => `${String(partitionKey)}/${String(rowKey)}`;
  const answer = (version: number) => ({ etag: `v${version}`, date: new Date(), requestId: '', version: '' });
  return {
    getEntity: async <T extends object>(partitionKey: string, rowKey: string) => {
      const found = entities.get(keyOf(partitionKey, rowKey));
      if (found === undefined) throw refusal(404);
      return { ...found.entity, etag: `v${found.version}` } as never as T & { etag: string };
    },
    createEntity: async (entity) => {
      const key = keyOf(entity.partitionKey, entity.rowKey);
      if (entities.has(key)) throw refusal(409);
      entities.set(key, { entity: { ...entity }, version: 1 });
      return answer(1);
    },
    updateEntity: async (entity, _mode, { etag = '*' } = {}) => {
      const key = keyOf(entity.partitionKey, entity.rowKey);
      const found = entities.get(key);
      if (found === undefined) throw refusal(404);
      if (etag !== '*' && etag !== `v${found.version}`) throw refusal(412);
      const version = found.version + 1;
      entities.set(key, { entity: { ...entity }, version });
      return answer(version);
    },
    createTable: () => Promise.resolve(),
  };
}

function refusal(statusCode: number): Error {
  return Object.assign(new Error(`the table answers ${statusCode}`), { statusCode });
}
