import { expect, it } from 'vitest';
import { sourceChecks } from '../../../../src/diagnostics/checks/sources.ts';
import { readSettings, variablesIn } from '../../../../src/settings/settings.ts';
import { warnOfSourceSettings } from '../../../../src/sources/warn-of-settings.ts';

const sources = ['auth0', 'okta'];
const okta = { SOURCE_OKTA_SECRETS: 'planted', SOURCE_OKTA_CONNECTION: 'contosohr' };

async function look(environment: Record<string, string>) {
  const [check] = sourceChecks({
    settings: readSettings(environment),
    variables: variablesIn(environment),
    sources,
    nodeVersion: 'v22.1.0',
    hostVersion: null,
  });
  return check?.look(new AbortController().signal);
}

it('nothing is said of sources where none is set up; other programs may have variables of the kind', async () => {
  expect(await look({})).toMatchObject({ status: 'skipped' });
  expect(await look({ SOURCE_DATE_EPOCH: '1', SOURCE_OKTA_SECRETS: '' })).toMatchObject({
    status: 'skipped',
  });
});

it('which sources are served is said, and for which connection, but no secret', async () => {
  const finding = await look({ ...okta, MEMBER_NAMES: 'upn' });
  expect(finding).toEqual({ status: 'passed', seen: 'served: okta (contosohr)' });
  expect(await look(okta)).toMatchObject({
    status: 'passed',
    seen: expect.stringContaining('MEMBER_NAMES is not set'),
  });
});

it.each([
  [
    { SOURCE_OKTA_SECRETS: 'planted' },
    'okta is not served, for SOURCE_OKTA_CONNECTION is not set; none is served',
    'Set SOURCE_OKTA_CONNECTION.',
  ],
  [
    { SOURCE_AUTH0_CONNECTION: 'contosohr', ...okta },
    'auth0 is not served, for SOURCE_AUTH0_SECRETS is not set; served: okta (contosohr)',
    'Set SOURCE_AUTH0_SECRETS.',
  ],
  [
    { ...okta, SOURCE_OKTTA_SECRETS: 'planted' },
    'nothing reads the setting SOURCE_OKTTA_SECRETS; served: okta (contosohr)',
    'Correct the name of SOURCE_OKTTA_SECRETS or remove it; the sources are auth0, okta,',
  ],
  [{ ...okta, SOURCE_OKTA_SECRET: 'planted' }, 'nothing reads the setting SOURCE_OKTA_SECRET;', 'SECRETS'],
  [{ ...okta, Source_Okta_Secrets: 'planted' }, 'nothing reads the setting Source_Okta_Secrets;', 'SECRETS'],
])('a setting that serves nothing is named: %j', async (environment, seen, fix) => {
  expect(await look(environment)).toEqual({
    status: 'failed',
    seen: expect.stringContaining(seen),
    fix: expect.stringContaining(fix),
  });
});

it('the log has the same at the start, and no secret', () => {
  const lines: string[] = [];
  const environment = { SOURCE_OKTA_SECRETS: 'planted', SOURCE_OKTTA_CONNECTION: 'contosohr' };
  warnOfSourceSettings(variablesIn(environment), sources, (line) => lines.push(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^nothing reads the setting SOURCE_OKTTA_CONNECTION\. Correct/);
  expect(lines[1]).toMatch(/^okta is not served, for SOURCE_OKTA_CONNECTION is not set\. Set/);
  expect(lines.join('\n')).not.toContain('planted');
});
