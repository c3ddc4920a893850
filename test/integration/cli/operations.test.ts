import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemDetails } from '../../../src/problems/problem.ts';
import {
  failed,
  type OperatorStorage,
  oldMessage,
  startOperatorStorage,
  within,
} from './operator-storage.ts';
import { document, documents, runCli, startCli } from './run-cli.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

const delivery = { id: 'd', queuedAt: '2026-01-01T00:00:00.000Z' };

describe('operations show', () => {
  let storage: OperatorStorage;
  let workspace: Workspace;
  const show = (...args: string[]) => runCli(['operations', 'show', ...args], { folder: workspace.folder });

  beforeAll(async () => {
    storage = await startOperatorStorage();
    workspace = await createWorkspace();
    await workspace.writeStack({ storage: storage.connectionString });
  });
  afterAll(async () => {
    await storage.close();
    await workspace.remove();
  });

  it('gives scripts the operation as the adapter would, and people a readable problem', async () => {
    const error = problemDetails('graph-access-denied', 'Graph refused.', '/x', { hint: 'Grant the role.' });
    const operation = { ...failed(oldMessage('a1')), error };
    await storage.operations.record(operation, delivery, within);
    const result = await show(operation.id, '--json');
    expect(result.code).toBe(0);
    expect(document(result)).toEqual(operation);
    const { stdout } = await show(operation.id);
    expect(stdout).toMatch(/status +failed/);
    expect(stdout).toMatch(/problem +graph-access-denied: Graph refused\.\n +Grant the role\./);
  });

  it.each([
    ['1'.repeat(32), 1, /There is no operation 1{32} in local stack/],
    ['not-an-id', 2, /An operation id is 32 digits/],
  ])('of %s ends with %i and a sentence', async (id, code, sentence) => {
    const result = await show(id, '--json');
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(sentence);
  });

  it.each([
    ['succeeded', 0],
    ['failed', 1],
  ] as const)('--watch waits for the operation and for its end: %s ends with %i', async (end, code) => {
    const operation = { ...failed(oldMessage(`w${code}`)), id: `${code}`.repeat(32).replaceAll('1', 'c') };
    const { child, ended } = startCli(['operations', 'show', operation.id, '--watch', '--json'], {
      folder: workspace.folder,
    });
    const seen = (status: string) =>
      new Promise<void>((resolve) => {
        let text = '';
        child.stdout?.on('data', (chunk: string) => {
          text += chunk;
          if (text.includes(`"status":"${status}"`)) resolve();
        });
      });
    const running = seen('running');
    await storage.operations.record({ ...operation, status: 'running' }, delivery, within);
    await running;
    await storage.operations.record({ ...operation, status: end }, delivery, within);
    const result = await ended;
    expect(result.code).toBe(code);
    expect(documents(result).map(({ status }) => status)).toEqual(['running', end]);
  });
});
