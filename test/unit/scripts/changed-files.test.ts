import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changedFiles } from '../../../scripts/changed-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'external-groups-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]) => {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@contoso.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'ignore' });
};
const commit = (name: string) => {
  writeFileSync(join(folder, name), name);
  git('add', name);
  git('commit', '-m', name);
};

it('are those of the branch, committed or not, and no others', () => {
  git('init', '-b', 'main');
  commit('first');
  git('checkout', '-b', 'topic');
  commit('second');
  git('checkout', 'main');
  commit('other');
  git('checkout', 'topic');
  writeFileSync(join(folder, 'first'), 'altered');
  writeFileSync(join(folder, 'third'), 'new');
  expect(changedFiles(folder)?.toSorted()).toEqual(['first', 'second', 'third']);
});

it('are on main those of its last commit', () => {
  git('init', '-b', 'main');
  commit('first');
  expect(changedFiles(folder)).toBeNull();
  commit('second');
  expect(changedFiles(folder)).toEqual(['second']);
});

it('are not known without a history', () => {
  expect(changedFiles(folder)).toBeNull();
});
