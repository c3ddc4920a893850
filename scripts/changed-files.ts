import { execFileSync } from 'node:child_process';

/**
 * The files that differ from where this branch left main, whether committed or not; on main itself, from the commit
 * before. Null if that cannot be told: no Git, or a clone without history.
 */
export function changedFiles(folder = '.'): readonly string[] | null {
  const git = (...args: readonly string[]) => linesOf(folder, args);
  const head = git('rev-parse', 'HEAD')?.[0];
  const base = (git('merge-base', 'HEAD', 'origin/main') ?? git('merge-base', 'HEAD', 'main'))?.[0];
  if (head === undefined || base === undefined) return null;
  const changed = git('diff', '--name-only', base === head ? 'HEAD^' : base);
  const added = git('ls-files', '--others', '--exclude-standard');
  return changed === null || added === null ? null : [...changed, ...added];
}

/** What Git says, or null if it fails. */
function linesOf(cwd: string, args: readonly string[]): readonly string[] | null {
  try {
    const said = execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return said.split('\n').filter((line) => line !== '');
  } catch {
    return null;
  }
}
