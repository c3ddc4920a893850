import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStack } from '../../local/stack/stack.ts';
import { type BundledPackage, findBundledPackages, renderThirdParty } from '../../scripts/third-party.ts';
import { type StagedApp, stageApp } from '../stage-app.ts';

interface LockEntry {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly deprecated?: string;
}

describe('third-party code', () => {
  let packages: BundledPackage[];
  beforeAll(async () => {
    packages = await findBundledPackages();
  });

  it('is listed with its licences in THIRD-PARTY.md (else: npm run third-party)', async () => {
    expect(await readFile('THIRD-PARTY.md', 'utf8')).toBe(renderThirdParty(packages));
  });

  it('has a licence text for every package', () => {
    expect(packages.filter(({ text }) => text === null).map(({ name }) => name)).toEqual([]);
  });

  it('comes under licences that ask for no more than to be named', () => {
    const permissive = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense'];
    const others = packages.filter(({ license }) => !permissive.includes(license));
    expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it('is pinned to the byte, and none in the app is a development dependency', async () => {
    const { packages: locked } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
      packages: Record<string, LockEntry>;
    };
    // A path outside node_modules is our own: the root and the workspace packages.
    const installed = Object.entries(locked).filter(
      ([path, { link }]) => path.includes('node_modules/') && link !== true,
    );
    expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
    expect(installed.filter(([, { deprecated }]) => deprecated !== undefined)).toEqual([]);
    const production = new Set(
      installed.filter(([, { dev }]) => dev !== true).map(([path]) => path.replace(/^.*node_modules\//, '')),
    );
    const strays = packages.filter(
      ({ name, in: bundles }) => bundles.includes('app') && !production.has(name),
    );
    expect(strays.map(({ name }) => name)).toEqual([]);
  });
});

describe('what is deployed', () => {
  let app: StagedApp;
  beforeAll(async () => {
    app = await stageApp();
  });
  afterAll(() => app.remove());

  it('is the bundle, two JSON files and the licences, with nothing to install and no script to run', async () => {
    const files = await readdir(app.folder, { recursive: true, withFileTypes: true });
    const names = files
      .filter((file) => file.isFile())
      .map((file) => relative(app.folder, join(file.parentPath, file.name)));
    const others = names.filter((name) => !/^dist\/functions\/[\w-]+\.js$/.test(name));
    expect(others.sort()).toEqual(['LICENSE', 'THIRD-PARTY.md', 'host.json', 'package.json']);
    const manifest = JSON.parse(await readFile(join(app.folder, 'package.json'), 'utf8'));
    expect(Object.keys(manifest).sort()).toEqual(['engines', 'main', 'name', 'private', 'type', 'version']);
  });

  it('runs by itself, with no node_modules near it', async () => {
    const stack = await startStack({ projectRoot: app.folder });
    try {
      const response = await fetch(`${stack.host?.url}/api/health`);
      expect(await response.json()).toEqual({ status: 'ok' });
    } finally {
      await stack.close();
    }
  });

  it('is what azd publishes: that folder, as it is', async () => {
    const azd = await readFile('azure.yaml', 'utf8');
    expect(azd).toContain('dist: dist/package\n');
    expect(azd).toContain('remoteBuild: false\n');
    expect(azd).toMatch(/hooks:\n\s+prepackage:\n\s+shell: sh\n\s+run: npm run package\n/);
    // A package.json with node_modules would make azd refuse to publish without a build in Azure.
    expect(await readdir('.')).not.toContain('.funcignore');
  });
});
