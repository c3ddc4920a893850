import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Cloud, clouds } from '../../../src/settings/clouds.ts';

/** The clouds that the parameter of a template accepts. */
async function cloudsOf(template: string): Promise<readonly string[]> {
  const [, union = ''] = /^param graphCloud (.+)$/m.exec(await readFile(template, 'utf8')) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
}

describe('the clouds of the templates', () => {
  it.each(['infra/main.bicep', 'infra/app/function-app.bicep'])(
    'are those of the app: %s',
    async (template) => {
      expect(await cloudsOf(template)).toEqual(Object.keys(clouds));
    },
  );

  it('include a default for each Azure that has one', async () => {
    const choice = /environment\(\)\.name == '(\w+)' \? '([\w-]+)' : '([\w-]+)'/;
    const [, azure = '', chosen = '', otherwise = ''] =
      choice.exec(await readFile('infra/main.bicep', 'utf8')) ?? [];
    const byName = new Map<string, Cloud>(Object.entries(clouds));
    expect(byName.get(chosen)?.azureCli).toBe(azure);
    expect(byName.get(otherwise)?.azureCli).toBe('AzureCloud');
  });
});
