import { describeError } from '../src/problems/adapter-error.ts';
import { SettingsError } from '../src/settings/settings.ts';
import { type ExitCode, exitCodes, Failure } from './failure.ts';

/** Requests that end in these codes had no response from storage or the adapter. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'REQUEST_SEND_ERROR',
]);

/** Anything thrown as one sentence that says what to do; never a stack, a key or a connection string. */
export function explainError(thrown: unknown): { sentence: string; exitCode: ExitCode } {
  if (thrown instanceof Failure) return { sentence: thrown.message, exitCode: thrown.exitCode };
  if (thrown instanceof SettingsError)
    return { sentence: oneLine(thrown.message), exitCode: exitCodes.usage };
  return { sentence: describeFault(thrown), exitCode: exitCodes.failed };
}

/** True if a retry may help, because storage or the network failed. */
export function isPassing(thrown: unknown): boolean {
  const { status, code, name } = facts(thrown);
  if (status === 408 || status === 429 || status >= 500) return true;
  return status === 0 && (unreachable.has(code) || isTimeout(name));
}

function describeFault(thrown: unknown): string {
  const { status, code, name } = facts(thrown);
  if (name === 'CredentialUnavailableError' || name === 'AuthenticationError')
    return 'The Azure CLI is not signed in; run "az login" and try again.';
  if (unreachable.has(code))
    return 'Storage cannot be reached; check that it runs and that the address is right.';
  if (isTimeout(name)) return 'Storage did not answer in time; try again.';
  if (status === 401 || code === 'AuthenticationFailed' || code === 'InvalidAuthenticationInfo')
    return 'Storage refuses the key or the sign-in; check the connection string or "az account show".';
  if (status === 403)
    return 'Storage refuses this identity; it needs the roles "Storage Queue Data Contributor" and "Storage Table Data Contributor".';
  return `Something failed: ${describeError(thrown)}`;
}

function isTimeout(name: string): boolean {
  return name === 'AbortError' || name === 'TimeoutError';
}

function facts(thrown: unknown): { status: number; code: string; name: string } {
  if (!(thrown instanceof Error)) return { status: 0, code: '', name: '' };
  const cause: unknown = thrown.cause;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const codeOf = (from: object) => ('code' in from ? text(from.code) : '');
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 0;
  return { status, code: codeOf(thrown) || (cause instanceof Error ? codeOf(cause) : ''), name: thrown.name };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
