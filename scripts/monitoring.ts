import { readdir, readFile } from 'node:fs/promises';

const folder = 'infra/monitoring/queries';

/** A query from its file: the first line, a comment, is the question that it answers. */
export interface Query {
  readonly name: string;
  readonly question: string;
  /** Without the question. */
  readonly text: string;
}

export async function readQueries(): Promise<readonly Query[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.kql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const [first = '', ...rest] = (await readFile(`${folder}/${file}`, 'utf8')).split('\n');
      return {
        name: file.slice(0, -'.kql'.length),
        question: first.replace(/^\/\/ /, ''),
        text: rest.join('\n').trimEnd(),
      };
    }),
  );
}

/** The pages that show the queries; the files of the alert rules are read by the Bicep itself. */
export async function renderMonitoring(): Promise<ReadonlyMap<string, string>> {
  const queries = new Map((await readQueries()).map((query) => [query.name, query]));
  const page = await readFile('docs/operations.md', 'utf8');
  return new Map([
    ['docs/operations.md', fillPage(page, queries, alertTable(await readRules()))],
    ['infra/monitoring/workbook.json', `${JSON.stringify(workbook(queries), null, 2)}\n`],
  ]);
}

function fillPage(page: string, queries: ReadonlyMap<string, Query>, alerts: string): string {
  return page
    .replace(/(<!-- query: ([\w-]+) -->\n)[\s\S]*?(<!-- \/query -->)/g, (_all, open, name, close) => {
      const { question, text } = find(queries, name);
      return `${open}\n**${question}**\n\n\`\`\`kusto\n${text}\n\`\`\`\n\n${close}`;
    })
    .replace(
      /(<!-- alerts -->\n)[\s\S]*?(<!-- \/alerts -->)/,
      (_all, open, close) => `${open}\n${alerts}\n${close}`,
    );
}

interface AlertRule {
  readonly displayName: string;
  readonly description: string;
  readonly severity: number;
}

/** The rules of a deployment with default parameters, as its snapshot has them. */
async function readRules(): Promise<readonly AlertRule[]> {
  const { predictedResources } = JSON.parse(
    await readFile('infra/snapshots/defaults.snapshot.json', 'utf8'),
  ) as { predictedResources: readonly { type: string; properties: AlertRule }[] };
  return predictedResources
    .filter(({ type }) => type === 'Microsoft.Insights/scheduledQueryRules')
    .map(({ properties }) => properties);
}

function alertTable(rules: readonly AlertRule[]): string {
  const rows = rules.map(({ displayName, description, severity }) => {
    const [fires = '', advice = ''] = description.split('. What to do: ');
    const title = displayName.replace('External groups: ', '');
    return `| ${title} | ${fires.replace('Fires when ', '')} | ${severity} | ${advice.replace(/\.$/, '')} |\n`;
  });
  return `| Alert | Fires when | Severity | What to do |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function find(queries: ReadonlyMap<string, Query>, name: string): Query {
  const query = queries.get(name);
  if (query === undefined) throw new Error(`there is no query "${name}" in ${folder}`);
  return query;
}

type Picture = 'table' | 'timechart' | 'linechart';

const tiles: readonly (readonly [string, Picture])[] = [
  ['throughput', 'timechart'],
  ['backlog', 'linechart'],
  ['queue-age', 'linechart'],
  ['throttling', 'linechart'],
  ['failures', 'table'],
  ['waiting', 'table'],
  ['denied', 'table'],
  ['graph-calls', 'table'],
  ['create-duration', 'table'],
  ['http-answers', 'table'],
  ['group-history', 'table'],
  ['group-changes', 'table'],
  ['changes-waiting', 'table'],
  ['failed-groups', 'table'],
  ['change-age', 'linechart'],
  ['changes-superseded', 'timechart'],
  ['members-applied', 'timechart'],
];

/** An Azure Monitor workbook (schema Notebook/1.0); time range and group are chosen at the top. */
function workbook(queries: ReadonlyMap<string, Query>): object {
  const text = (name: string, label: string, value: string) => ({
    id: `parameter-${name}`,
    version: 'KqlParameterItem/1.0',
    name,
    label,
    type: 1,
    value,
  });
  const parameters = [
    {
      id: 'parameter-TimeRange',
      version: 'KqlParameterItem/1.0',
      name: 'TimeRange',
      label: 'Time',
      type: 4,
      isRequired: true,
      value: { durationMs: 86_400_000 },
      typeSettings: {
        selectableValues: [3_600_000, 14_400_000, 86_400_000, 604_800_000, 2_592_000_000].map(
          (durationMs) => ({
            durationMs,
          }),
        ),
        allowCustom: true,
      },
    },
    text('Connection', 'Connection', 'contosohr'),
    text('Group', 'Group', '31bea3d537902000'),
  ];
  return {
    version: 'Notebook/1.0',
    items: [
      {
        type: 9,
        content: { version: 'KqlParameterItem/1.0', parameters, style: 'pills' },
        name: 'parameters',
      },
      ...tiles.map(([name, visualization]) => tile(find(queries, name), visualization)),
    ],
    fallbackResourceIds: [],
    $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  };
}

function tile({ name, question, text }: Query, visualization: Picture): object {
  return {
    type: 3,
    content: {
      version: 'KqlItem/1.0',
      query: text
        .replaceAll(/timestamp > ago\(\d+d\)/g, 'timestamp {TimeRange}')
        .replace(/let connection = '[^']*'/, "let connection = '{Connection}'")
        .replace(/let group = '[^']*'/, "let group = '{Group}'"),
      size: 1,
      title: question,
      noDataMessage: 'Nothing in this time.',
      queryType: 0,
      resourceType: 'microsoft.insights/components',
      visualization,
      timeContextFromParameter: 'TimeRange',
    },
    name,
  };
}
