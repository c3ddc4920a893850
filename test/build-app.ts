import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Tests of the whole run the bundles that are deployed, not the sources: built as `npm run build` builds them. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/build.ts']);
}
