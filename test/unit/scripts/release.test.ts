import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import lock from '../../../package-lock.json' with { type: 'json' };
import { newestSection } from '../../../scripts/changelog.ts';

const run = promisify(execFile);

describe('the version', () => {
  it('is the same in package.json, its lock file and the newest section of the changelog', async () => {
    const { version } = newestSection(await readFile('CHANGELOG.md', 'utf8'));
    expect([lock.version, lock.packages[''].version, version]).toEqual(Array(3).fill(packageJson.version));
  });
});

describe('the newest section of a changelog', () => {
  it('is the topmost, without its heading', () => {
    const text =
      '# Changelog\n\nWords.\n\n## [1.2.3] - 2026-01-02\n\n### Added\n\n- This.\n\n## [1.2.2] - 2026-01-01\n';
    expect(newestSection(text)).toEqual({
      version: '1.2.3',
      date: '2026-01-02',
      text: '### Added\n\n- This.\n',
    });
  });

  it.each(['', '# Changelog\n', '## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n', '## 1.0.0\n'])(
    'is not guessed: %j',
    (text) => {
      expect(() => newestSection(text)).toThrow('is no release');
    },
  );
});

describe('a release', () => {
  it('is made of the same bytes on Windows, where Git would change the ends of lines', async () => {
    expect(await readFile('.gitattributes', 'utf8')).toMatch(/^\* text=auto eol=lf$/m);
  });

  it('is not made of a tag that names another version', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'release-'));
    try {
      await expect(run(process.execPath, ['scripts/release.ts', 'v0.0.1', folder])).rejects.toThrow(
        `the tag is v0.0.1, package.json says ${packageJson.version}`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
