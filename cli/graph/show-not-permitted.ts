import type { ExitCode } from '../failure.ts';
import type { Console } from '../terminal/console.ts';
import { describeCommands, NotPermitted } from './not-permitted.ts';

/** Runs a command; if the operator's sign-in lacks the permission, shows what somebody else must run. */
export async function showNotPermitted(console: Console, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof NotPermitted)) throw thrown;
    const { message, commands, exitCode } = thrown;
    await console.document({ outcome: 'not-permitted', detail: message, commands });
    console.error(message);
    console.line('');
    for (const line of describeCommands(commands)) console.line(line);
    return exitCode;
  }
}
