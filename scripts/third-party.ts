/**
 * `node scripts/third-party.ts`: writes THIRD-PARTY.md, the packages whose code is in the two bundles, with their
 * licences. A package without a single byte in esbuild's metafile is not listed, whatever package.json says.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { buildCli, buildFunctionsApp } from './build.ts';
import { missingLicences } from './missing-licences.ts';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string | null;
  readonly in: readonly ('app' | 'cli')[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds both bundles into a temporary folder and reads what they contain, by name and version. */
export async function findBundledPackages(): Promise<BundledPackage[]> {
  const folder = await mkdtemp(join(tmpdir(), 'external-groups-'));
  try {
    const app = packageFolders(await buildFunctionsApp({ outdir: join(folder, 'app') }));
    const cli = packageFolders(await buildCli(join(folder, 'cli')));
    const found = new Map<string, BundledPackage>();
    for (const path of [...new Set([...app, ...cli])].sort()) {
      const read = await readPackage(join(root, path));
      const bundles = [
        ...(app.has(path) ? (['app'] as const) : []),
        ...(cli.has(path) ? (['cli'] as const) : []),
      ];
      const key = `${read.name}@${read.version}`;
      // The same version may be installed in several places.
      found.set(key, { ...read, in: [...new Set([...(found.get(key)?.in ?? []), ...bundles])].sort() });
    }
    return [...found.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folders of the packages of which at least one byte is in an output. */
function packageFolders({ outputs }: Metafile): Set<string> {
  const inputs = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = inputs.map(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return new Set(folders.filter((folder) => folder !== undefined));
}

async function readPackage(folder: string): Promise<Omit<BundledPackage, 'in'>> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = (await readdir(folder)).find((name) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(name));
  const own = file === undefined ? null : (await readFile(join(folder, file), 'utf8')).trim();
  const text = own ?? missingLicences[manifest.name] ?? null;
  return { name: manifest.name, version: manifest.version, license: manifest.license ?? 'not named', text };
}

/** The page: a table, then every licence text once with the packages that it applies to. */
export function renderThirdParty(packages: readonly BundledPackage[]): string {
  const rows = packages.map(
    ({ name, version, license, in: bundles }) =>
      `| ${name} | ${version} | ${license} | ${bundles.join(', ')} |`,
  );
  const texts = Map.groupBy(
    packages.filter(({ text }) => text !== null),
    ({ text }) => (text ?? '').replaceAll('\r\n', '\n'),
  );
  const sections = [...texts].map(([text, sharing]) => {
    const names = sharing.map(({ name, version }) => `${name} ${version}`).join(', ');
    return `### ${names}\n\n${text.replace(/^/gm, '    ')}`;
  });
  return `# Third-party code

Made by \`npm run third-party\`: the packages whose code is in the bundle of the functions app (\`app\`) or of the
operator's CLI (\`cli\`).

| Package | Version | Licence | In |
| --- | --- | --- | --- |
${rows.join('\n')}

## Licence texts

${sections.join('\n\n')}
`.replace(/[ \t]+$/gm, '');
}

if (import.meta.main)
  await writeFile(join(root, 'THIRD-PARTY.md'), renderThirdParty(await findBundledPackages()));
