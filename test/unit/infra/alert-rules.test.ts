import { describe, expect, it } from 'vitest';
import { readQueries } from '../../../scripts/monitoring.ts';
import { ofType, readSnapshot } from './templates.ts';

interface Rule {
  readonly displayName: string;
  readonly scopes: readonly string[];
  readonly autoMitigate: boolean;
  readonly muteActionsDuration: string | null;
  readonly criteria: { readonly allOf: readonly { readonly query: string }[] };
  readonly actions: { readonly actionGroups: readonly string[] };
}

async function readRules(name: 'defaults' | 'everything'): Promise<readonly Rule[]> {
  const resources = ofType(await readSnapshot(name), 'Microsoft.Insights/scheduledQueryRules');
  return resources.map(({ properties }) => properties as unknown as Rule);
}

describe('the alert rules of a deployment', () => {
  it('ask what the query files ask, all of them', async () => {
    const files = (await readQueries()).filter(({ name }) => name.startsWith('alert-'));
    const asked = (await readRules('defaults')).map((rule) => rule.criteria.allOf[0]?.query.trim());
    expect([...asked].sort()).toEqual(files.map(({ question, text }) => `// ${question}\n${text}`).sort());
  });

  it('resolve themselves, but for what is not read all the time: no reading is no sign that all is well', async () => {
    const rules = await readRules('defaults');
    expect(rules.filter((rule) => !rule.autoMitigate).map((rule) => rule.displayName)).toEqual([
      'External groups: poison queue',
      'External groups: tenant quota',
    ]);
    // Azure refuses a rule that resolves itself and is muted.
    for (const { autoMitigate, muteActionsDuration } of rules)
      expect(muteActionsDuration !== null).toBe(!autoMitigate);
  });

  it('notify the action groups that are given', async () => {
    for (const { actions } of await readRules('everything'))
      expect(actions.actionGroups).toEqual([expect.stringMatching(/\/actionGroups\/oncall$/)]);
  });
});
