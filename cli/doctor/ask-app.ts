import { type Check, type Finding, failed, passed, skipped } from '../../src/diagnostics/check.ts';
import type { Diagnosis } from '../../src/diagnostics/diagnose.ts';
import { member } from '../../src/graph/transport/read-response.ts';
import type { Fetch } from '../../src/shared/fetch.ts';
import { parseJson, readBounded } from '../../src/shared/read-bounded.ts';
import { within } from '../../src/shared/within.ts';
import { describeFailedRequest } from '../describe-failed-request.ts';
import type { AppTarget } from '../where/app-target.ts';
import { readDiagnosis } from './diagnosis.ts';

/** Milliseconds: the first includes a cold start, the second the app's own 15 s. */
const patience = { health: 30_000, diagnostics: 25_000 } as const;
const maxAnswer = 1024 * 1024;

type Answer = { readonly status: number; readonly body: unknown } | { readonly why: string };

/** Asks the app whether it runs, and for its diagnosis; the diagnosis is null if the app did not return it. */
export async function askApp(
  target: AppTarget,
  keyCommand: string,
  fetch: Fetch,
): Promise<{ readonly checks: readonly Check[]; readonly diagnosis: Diagnosis | null }> {
  const health = judgeHealth(await get(fetch, `${target.url}/api/health`, {}, patience.health), target.url);
  const app: Check = { id: 'app', title: 'The app answers', ...health };
  const name = { id: 'diagnostics', title: 'The app returns its diagnostics' };
  if (health.status !== 'passed')
    return {
      checks: [app, { ...name, ...skipped('because "The app answers" has not passed') }],
      diagnosis: null,
    };
  const headers = { 'x-functions-key': target.masterKey };
  const answer = await get(fetch, `${target.url}/api/diagnostics`, headers, patience.diagnostics);
  const diagnosis = 'status' in answer && answer.status === 200 ? readDiagnosis(answer.body) : null;
  const told =
    diagnosis === null ? judgeSilence(answer, keyCommand) : passed(`${diagnosis.checks.length} checks`);
  return { checks: [app, { ...name, ...told }, ...(diagnosis?.checks ?? [])], diagnosis };
}

function judgeHealth(answer: Answer, url: string): Finding {
  if ('why' in answer)
    return failed(answer.why, `Is ${url} the root of the functions app, and can this machine reach it?`);
  const { status, body } = answer;
  if (status === 200 && member(body, 'status') === 'ok') return passed(url);
  if (status === 404)
    return failed(
      '404: a host answers, but the app has registered no functions',
      'Check that the code is deployed. An app with wrong settings does not start, and its log names each wrong setting: look for "cannot start" in the traces of Application Insights. A secret that the platform cannot read is such a setting (docs/deploy.md, "Key Vault references").',
    );
  if (status === 401 || status === 403)
    return failed(
      `${status}: something in front requires a sign-in, or allows only some addresses`,
      'With Entra ID in front, /api/health and /api/diagnostics must be in its excludedPaths (the master key still protects the second); check the access restrictions of the app too.',
    );
  if (status >= 500)
    return failed(
      String(status),
      'The app is stopped or just starting: check it in the portal, then run this again.',
    );
  return failed(`${status} without {"status":"ok"}`, `Is ${url} the root of the functions app?`);
}

function judgeSilence(answer: Answer, keyCommand: string): Finding {
  if ('why' in answer)
    return failed(answer.why, 'Run this again; the app answers within 15 s even if checks fail.');
  if (answer.status === 401 || answer.status === 403)
    return failed(`${answer.status}: the key is not the master key`, `Read it with: ${keyCommand}`);
  if (answer.status === 404)
    return failed(
      '404: this version of the app has no diagnostics',
      'Deploy the same version as this command.',
    );
  return failed(
    `${answer.status} without checks`,
    'Look up the request in Application Insights (function get-diagnostics).',
  );
}

async function get(
  fetch: Fetch,
  url: string,
  headers: Record<string, string>,
  milliseconds: number,
): Promise<Answer> {
  try {
    return await within(milliseconds, async (signal) => {
      const response = await fetch(url, { headers, signal });
      return { status: response.status, body: parseJson(await readBounded(response, maxAnswer)) };
    });
  } catch (thrown) {
    return { why: describeFailedRequest(thrown) };
  }
}
