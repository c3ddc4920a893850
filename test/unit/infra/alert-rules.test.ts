import { describe, expect, it } from 'vitest';
import { readQueries } from '../../../scripts/monitoring.ts';
import { ofType, readSnapshot } from './templates.ts';

interface Rule {
  readonly displayName: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly autoMitigate: boolean;
  readonly muteActionsDuration: string | null;
  readonly severity: number;
  readonly windowSize: string;
  readonly criteria: {
    readonly allOf: readonly {
      readonly query: string;
      readonly operator: string;
      readonly threshold: number;
    }[];
  };
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
    ]);
    // Azure refuses a rule that resolves itself and is muted.
    for (const { autoMitigate, muteActionsDuration } of rules)
      expect(muteActionsDuration !== null).toBe(!autoMitigate);
  });

  it('fire when the app is silent: too few readings, not too many', async () => {
    const [rule] = (await readRules('defaults')).filter(({ displayName }) => displayName.endsWith('silence'));
    expect(rule).toMatchObject({ severity: 1, windowSize: 'PT15M' });
    expect(rule?.criteria.allOf).toEqual([expect.objectContaining({ operator: 'LessThan', threshold: 1 })]);
    // Without any row a rule does not fire; this query has one in any case.
    expect(rule?.criteria.allOf[0]?.query).toMatch(/\| summarize readings = count\(\)\s*$/);
  });

  it('look back for two hours at what is counted once an hour', async () => {
    const hourly = (await readRules('defaults')).filter(({ windowSize }) => windowSize === 'PT2H');
    expect(hourly.map(({ displayName }) => displayName)).toEqual([
      'External groups: failed groups',
      'External groups: tenant quota',
    ]);
  });

  it('notify the action groups that are given, and the address', async () => {
    for (const { actions } of await readRules('everything'))
      expect(actions.actionGroups).toEqual([
        expect.stringMatching(/\/actionGroups\/oncall$/),
        expect.stringMatching(/\/actionGroups\/external-groups-mail$/),
      ]);
    const [mail] = ofType(await readSnapshot('everything'), 'Microsoft.Insights/actionGroups');
    expect(mail?.properties).toMatchObject({ emailReceivers: [{ emailAddress: 'oncall@contoso.com' }] });
    expect(ofType(await readSnapshot('defaults'), 'Microsoft.Insights/actionGroups')).toEqual([]);
  });

  it('say what they mean and what to do', async () => {
    for (const { description } of await readRules('defaults'))
      expect(description).toMatch(/^Fires when .+\. What to do: .+\.$/);
  });
});
