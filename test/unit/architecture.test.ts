import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folder may import which: a folder imports only what stands below it. */
const layers = [
  ['functions'],
  ['app.ts'],
  ['rooms.ts'],
  ['base.ts'],
  ['http', 'systems'],
  ['sources'],
  ['creations', 'ledger', 'diagnostics'],
  ['names'],
  ['queue'],
  ['graph'],
  ['telemetry'],
  ['storage'],
  ['identity'],
  ['problems', 'settings'],
  ['groups'],
  ['shared'],
];

/** Packages that only some folders know; types of these packages appear nowhere else. */
const confined: Readonly<Record<string, readonly string[]>> = {
  '@azure/functions': ['functions'],
  '@microsoft/microsoft-graph-client': ['graph'],
  '@azure/identity': ['identity'],
  '@azure/msal-node': ['identity'],
  '@azure/storage-queue': ['storage'],
  '@azure/data-tables': ['storage'],
  applicationinsights: ['telemetry'],
  undici: ['graph', 'shared'],
  ajv: ['groups', 'creations', 'ledger'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = ['src/**/*.ts', 'functions/*.ts', 'sources/*.ts']
  .flatMap((glob) => globSync(glob))
  .map(normalize);
const imports = files.flatMap(importsOf);
/** What stands around the app: it has no layers, but no circles either. */
const around = ['cli/**/*.ts', 'local/**/*.ts', 'bench/**/*.ts', 'packages/*/src/**/*.ts', 'scripts/*.ts']
  .flatMap((glob) => globSync(glob))
  .map(normalize);
const isLocal = ({ to }: Import) => /^(?:src|functions|sources)\//.test(to);

function importsOf(from: string): readonly Import[] {
  const found = readFileSync(from, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, to = '']) => ({ from, to: to.startsWith('.') ? join(dirname(from), to) : to }));
}

/** The folder in `src`; `systems` are the files of `sources/` at the top. */
function folderOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  if (top === 'sources') return 'systems';
  return top === 'functions' ? top : second;
}

function layerOf(file: string): number {
  return layers.findIndex((folders) => folders.includes(folderOf(file)));
}

describe('the folders of src', () => {
  it('all have their place in the layers', () => {
    expect(files.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('import only downwards', () => {
    const upwards = imports
      .filter(isLocal)
      .filter(({ from, to }) => folderOf(from) !== folderOf(to) && layerOf(from) >= layerOf(to));
    expect(upwards).toEqual([]);
  });

  it('keep each SDK in its own folders', () => {
    const strays = imports.filter(({ from, to }) => {
      const name = Object.keys(confined).find(
        (candidate) => to === candidate || to.startsWith(`${candidate}/`),
      );
      return name !== undefined && !confined[name]?.includes(folderOf(from));
    });
    expect(strays).toEqual([]);
  });
});

describe('the ledger', () => {
  const texts = files
    .filter((file) => folderOf(file) === 'ledger')
    .map((file) => [file, readFileSync(file, 'utf8')] as const);

  it('knows time and chance by its ports alone, so that a simulation decides both', () => {
    const ambient =
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bset(?:Timeout|Interval|Immediate)\b|\bMath\.random\b|\brandomUUID\(\)/;
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter(([, text]) => ambient.test(text)).map(([file]) => file)).toEqual([]);
  });

  it('is pure in its core: no I/O, nothing that waits', () => {
    const impure = texts.filter(
      ([file, text]) =>
        file.startsWith('src/ledger/core/') && /\bawait\b|\basync\b|node:(?!crypto|zlib)/.test(text),
    );
    expect(impure.map(([file]) => file)).toEqual([]);
  });
});

describe('the files of the project', () => {
  it('import one another without a circle', () => {
    expect(around.length).toBeGreaterThan(100);
    expect(findCircles([...files, ...around])).toEqual([]);
  });

  it('take time and chance through ports if a simulation runs them', () => {
    const simulated = files.filter((file) => ['creations', 'ledger', 'queue'].includes(folderOf(file)));
    const direct =
      /\b(?:Date\.now|Math\.random|performance\.now|randomUUID)\(|\bset(?:Timeout|Interval|Immediate)\(|\bnew Date\(\)/;
    expect(simulated.length).toBeGreaterThan(0);
    expect(simulated.filter((file) => direct.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

/** Every way from a file back to itself, found depth first. */
function findCircles(among: readonly string[]): string[] {
  const targets = Map.groupBy(among.flatMap(importsOf), ({ from }) => from);
  const finished = new Set<string>();
  const circles: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || finished.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    finished.add(file);
  }
  for (const file of among) visit(file, []);
  return circles;
}
