import { buildCli } from '../scripts/build.ts';

/** The command line as it is published; its sources would take four times as long to load, at every command. */
export async function setup(): Promise<void> {
  await buildCli();
}
