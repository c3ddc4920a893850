import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** End-to-end tests run the bundle that is deployed, not the sources: built as `npm run build` builds it. */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/build.ts']);
}
