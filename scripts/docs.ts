import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'node:util';
import { creationMessageSchema } from '../src/creations/message.ts';
import { type CreationRule, creationPolicy } from '../src/creations/policy.ts';
import { memberSchema } from '../src/groups/member.ts';
import { changeMessageSchema } from '../src/ledger/change-schemas.ts';
import { eventMessageSchema } from '../src/ledger/event-message.ts';
import { problemCatalogue } from '../src/problems/catalogue.ts';
import { settingCatalogue } from '../src/settings/catalogue.ts';
import { sourceSettingCatalogue } from '../src/settings/source-settings.ts';
import { renderMonitoring } from './monitoring.ts';

/** The pages, and parts of pages, that are generated from the tables in the code; a test compares them. */
export async function renderDocs(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['README.md', await between('README.md', 'settings', settingsTable())],
    ['docs/problems.md', await between('docs/problems.md', 'problems', problemsTable())],
    ['docs/how-it-works.md', await between('docs/how-it-works.md', 'policy', policyTable())],
    ['docs/message.schema.json', schemaText(creationMessageSchema)],
    ['docs/change.schema.json', schemaText(changeMessageSchema(memberSchema('base64url')))],
    ['docs/event.schema.json', schemaText(eventMessageSchema)],
    ...(await renderMonitoring()),
  ]);
}

function settingsTable(): string {
  return table(
    ['Setting', 'Default', 'Meaning'],
    Object.entries({ ...settingCatalogue, ...sourceSettingCatalogue }).map(([name, setting]) => [
      code(name),
      setting.default === null ? '–' : code(setting.default),
      setting.meaning,
    ]),
  );
}

function problemsTable(): string {
  return table(
    ['`type`: `urn:problem-type:…`', 'Status', 'Title', 'What to do'],
    Object.entries(problemCatalogue).map(([name, { status, title, remedy }]) => [
      code(name),
      String(status),
      title,
      remedy,
    ]),
  );
}

function policyTable(): string {
  const rules: Readonly<Record<string, CreationRule>> = creationPolicy;
  return table(
    ['Outcome', 'HTTP function', 'Queue worker', 'Ends as', 'First and longest wait of our own'],
    Object.entries(rules).map(([kind, { http, queue }]) => [
      code(kind),
      // Only a queued creation can be superseded by a deletion.
      kind === 'superseded' ? '–' : http,
      queue.do,
      queue.do === 'complete'
        ? 'succeeded'
        : code(queue.do === 'dead-letter' ? queue.code : queue.giveUpCode),
      queue.do === 'reschedule' ? `${queue.backoff.first} s, ${queue.backoff.max} s` : '–',
    ]),
  );
}

function schemaText(schema: object): string {
  const dated = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema };
  return `${JSON.stringify(dated, null, 2)}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    format('| %s |', cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | '));
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

async function between(path: string, name: string, content: string): Promise<string> {
  const page = await readFile(path, 'utf8');
  const marked = new RegExp(`(<!-- ${name}: [^>]*-->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!marked.test(page)) throw new Error(`${path} has no place for "${name}"`);
  return page.replace(marked, (_whole, open: string, close: string) => `${open}\n${content}\n\n${close}`);
}

if (import.meta.main) for (const [path, text] of await renderDocs()) await writeFile(path, text);
