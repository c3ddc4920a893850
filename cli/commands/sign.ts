import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Context, EndWith } from '../context.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { openInput, sizeOf } from '../send/input.ts';
import { signBody } from '../send/sign.ts';
import { readStackFile } from '../where/stack-file.ts';

interface SignOptions {
  readonly body?: string;
  readonly signingSecret?: string;
  readonly newSecret?: boolean;
}

export function addSignCommand(program: Command, context: Context, endWith: EndWith): void {
  program
    .command('sign')
    .description(
      'sign a body for an app with WEBHOOK_SECRETS: print the three headers, valid for five minutes',
    )
    .argument('[file]', 'file with the exact bytes of the body; -: standard input', '-')
    .option('--body <text>', 'the body itself, instead of a file')
    .option(
      '--signing-secret <variable>',
      'environment variable that holds a secret (whsec_…); default: the secret of the local stack',
    )
    .option('--new-secret', 'print a new secret for WEBHOOK_SECRETS instead')
    .option('--json', 'print only JSON on stdout')
    .addHelpText(
      'after',
      `
With curl: npx external-groups sign --body "$BODY" | curl -H @- -d "$BODY" …`,
    )
    .action(async (file: string, options: SignOptions) => endWith(await sign(file, options, context)));
}

/** `sign`: the headers of a signed body, as lines that curl takes (`-H @-`). */
export async function sign(file: string, options: SignOptions, context: Context): Promise<ExitCode> {
  const { console } = context;
  if (options.newSecret === true) {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    await console.document({ secret });
    console.line(secret);
    return exitCodes.ok;
  }
  const secret = secretOf(options, context);
  const headers = signBody(secret, options.body ?? (await readBody(file)));
  await console.document(headers);
  for (const [name, value] of Object.entries(headers)) console.line(`${name}: ${value}`);
  return exitCodes.ok;
}

function secretOf({ signingSecret }: SignOptions, { env, folder }: Context): string {
  if (signingSecret === undefined) {
    const { webhookSecret } = readStackFile(folder);
    if (webhookSecret !== null) return webhookSecret;
    throw usageFailure(
      'The local stack has no secret (start it with WEBHOOK_SECRETS). For another adapter, use --signing-secret to name the variable that holds one.',
    );
  }
  const secret = env[signingSecret]?.trim() ?? '';
  if (/^(?:whsec_)?[A-Za-z0-9+/]{22,}={0,2}$/.test(secret)) return secret;
  throw usageFailure(
    '--signing-secret must be the name of an environment variable that holds one secret, whsec_ and base64.',
  );
}

/** A signature covers bytes; what is not UTF-8 no adapter accepts. */
async function readBody(file: string): Promise<string> {
  sizeOf(file);
  const bytes = await buffer(openInput(file, process.stdin));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw usageFailure('The body is not UTF-8: no adapter accepts it.');
    throw thrown;
  }
}
