import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { versionsOf } from '../scripts/changelog.ts';

const run = promisify(execFile);

/** Releases without a tag, by the last commit of each. */
const untagged: Readonly<Record<string, string>> = {
  '0.2.0': '91149224e32cca5e05e0521975c2154286119954',
};

export interface PreviousRelease {
  readonly version: string;
  /** Its package, as it was deployed: for `projectRoot` of a stack. */
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** Builds the release before this one from its own sources, with the packages that its own lock file names. */
export async function stagePreviousRelease(): Promise<PreviousRelease> {
  const [, version = ''] = versionsOf(await readFile('CHANGELOG.md', 'utf8'));
  const commit = await commitOf(version);
  const home = await mkdtemp(join(tmpdir(), 'external-groups-previous-'));
  const remove = () => rm(home, { recursive: true, force: true });
  try {
    const sources = join(home, 'sources');
    const folder = join(home, 'package');
    await mkdir(sources);
    await run('git', ['archive', '--format=tar', `--output=${home}/sources.tar`, commit]);
    await run('tar', ['-xf', `${home}/sources.tar`, '-C', sources]);
    // No package needs its scripts to build: they would fetch a Node of its own.
    await run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: sources,
    });
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/package.ts', folder], {
      cwd: sources,
    });
    return { version, folder, remove };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

async function commitOf(version: string): Promise<string> {
  for (const name of [`v${version}`, untagged[version] ?? ''].filter((each) => each !== '')) {
    const found = await run('git', ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]).catch(
      () => null,
    );
    if (found !== null) return found.stdout.trim();
  }
  throw new Error(
    `release ${version} is not in this clone: fetch the whole history (git fetch --unshallow --tags)`,
  );
}
