import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

const page = await readFile('docs/deploy.md', 'utf8');
const read = (path: string) => readFile(path, 'utf8');

/** The anchor that a heading gets. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

describe('the page about the deployment', async () => {
  const variables = [
    ...(await read('infra/main.bicepparam')).matchAll(/readEnvironmentVariable\('(\w+)'/g),
  ].map(([, name = '']) => name);

  it('lists every variable that the parameters are read from', () => {
    expect(variables.length).toBeGreaterThan(20);
    expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('names no output that the template does not give', async () => {
    const { outputs } = JSON.parse(await read('infra/main.json')) as { outputs: Record<string, unknown> };
    const named = [...page.matchAll(/azd env get-value (\w+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in outputs))).toEqual([]);
  });

  it('leads nowhere that is not there', async () => {
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
    for (const [, target = ''] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target.startsWith('#')) expect(headings).toContain(target.slice(1));
      else if (!target.startsWith('https:')) await read(`docs/${target.split('#')[0]}`);
    }
  });
});

describe('the parameter file', () => {
  it('has the defaults of the template', async () => {
    const { parameters } = JSON.parse(await read('infra/main.json')) as {
      parameters: Record<string, { defaultValue?: unknown }>;
    };
    const simple = /^param (\w+) = (?:\w+\()?readEnvironmentVariable\('\w+', '([^']*)'\)/gm;
    const given = [...(await read('infra/main.bicepparam')).matchAll(simple)];
    expect(given.length).toBeGreaterThan(10);
    for (const [, name = '', text] of given)
      expect([name, String(parameters[name]?.defaultValue)]).toEqual([name, text]);
  });
});

describe('the check of the templates', () => {
  it('tries every variable of the parameter file', async () => {
    const check = await read('scripts/check-infra.ts');
    const names = [...(await read('infra/main.bicepparam')).matchAll(/readEnvironmentVariable\('(\w+)'/g)];
    expect(
      names.map(([, name]) => name).filter((name) => !new RegExp(`^  ${name}:\\s+'`, 'm').test(check)),
    ).toEqual([]);
  });
});

describe('the workflows', async () => {
  const files = (await readdir('.github/workflows')).map((file) => `.github/workflows/${file}`);

  it.each(files)('pin every action to a commit: %s', async (file) => {
    const used = [...(await read(file)).matchAll(/uses: (\S+)(.*)$/gm)];
    expect(used.length).toBeGreaterThan(0);
    for (const [, action, version] of used) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(version).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('use one version of an action', async () => {
    const used = (await Promise.all(files.map(read))).flatMap((text) => text.match(/uses: .*$/gm) ?? []);
    const actions = [...new Set(used)].map((line) => line.split('@')[0]);
    expect(actions).toEqual([...new Set(actions)]);
  });

  it('have the whole history where the release before this one is built', async () => {
    expect(await read('.github/workflows/nightly.yml')).toMatch(/\n +fetch-depth: 0\n/);
  });

  it('deploy one at a time, whatever the tag', async () => {
    expect(await read('.github/workflows/deploy.yml')).toMatch(
      /\n {2}deploy:\n[\s\S]*concurrency:\n\s+group: deploy\n\s+cancel-in-progress: false\n/,
    );
  });

  it('run nothing of a pull request in a job that signs in', async () => {
    const jobs = (await read('.github/workflows/deploy.yml')).split(/\n(?= {2}[\w-]+:\n)/);
    const preview = jobs.find((job) => job.startsWith('  preview:\n')) ?? '';
    expect(preview).toContain('azure/login@');
    expect(preview).not.toMatch(/actions\/checkout@|\.ci\/|npm |node /);
    const compile = jobs.find((job) => job.startsWith('  compile:\n')) ?? '';
    expect(compile).toContain('actions/checkout@');
    expect(compile).not.toMatch(/id-token|azure\/login/);
  });

  it('publish a release from a job that runs no code of the repository', async () => {
    const jobs = (await read('.github/workflows/release.yml')).split(/\n(?= {2}[\w-]+:\n)/);
    const writing = jobs.filter((job) => /: write\n/.test(job));
    expect(writing.map((job) => job.trim().split(':')[0])).toEqual(['publish']);
    expect(writing[0]).not.toMatch(/actions\/checkout@|npm |node /);
  });

  it('publish a release only after the real worker has started its zip', async () => {
    const release = await read('.github/workflows/release.yml');
    expect(release).toMatch(/\n {2}publish:\n {4}needs: \[build, worker\]\n/);
    expect(release).toMatch(/npm run check:worker -- \S+ \.local\/release\/\*\.zip\n/);
  });

  it('deploy without a secret', async () => {
    expect(await read('.github/workflows/deploy.yml')).not.toMatch(/secrets\./);
  });
});
