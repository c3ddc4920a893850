import { type Check, checkStatuses } from '../../src/diagnostics/check.ts';
import type { AppIdentity, Diagnosis, ReachedBy } from '../../src/diagnostics/diagnose.ts';
import { member } from '../../src/graph/transport/read-response.ts';

const maxChecks = 500;
const maxText = 2_000;

/** The app's response narrowed to a diagnosis; null if it is something else. */
export function readDiagnosis(body: unknown): Diagnosis | null {
  const entries = member(body, 'checks');
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > maxChecks) return null;
  const checks = entries.map(readCheck).filter((check) => check !== null);
  if (checks.length < entries.length) return null;
  const app = member(body, 'app');
  return {
    checks,
    app: {
      graph: textOf(app, 'graph') ?? '',
      identity: readIdentity(member(app, 'identity')),
      storage: readStorage(member(app, 'storage')),
      telemetry: readBy(member(app, 'telemetry')),
    },
  };
}

function readCheck(entry: unknown): Check | null {
  const [id, title, seen] = [textOf(entry, 'id'), textOf(entry, 'title'), textOf(entry, 'seen')];
  const fix = textOf(entry, 'fix');
  const status = checkStatuses.find((candidate) => candidate === member(entry, 'status'));
  if (id === null || title === null || seen === null || status === undefined) return null;
  return { id, title, status, seen, ...(fix === null ? {} : { fix }) };
}

function readIdentity(value: unknown): AppIdentity | null {
  const tokenExpiresDateTime = textOf(value, 'tokenExpiresDateTime');
  if (tokenExpiresDateTime === null) return null;
  return {
    clientId: guidOf(value, 'clientId'),
    objectId: guidOf(value, 'objectId'),
    tenantId: guidOf(value, 'tenantId'),
    tokenIssuedDateTime: textOf(value, 'tokenIssuedDateTime'),
    tokenExpiresDateTime,
  };
}

function readStorage(value: unknown): Diagnosis['app']['storage'] {
  const account = textOf(value, 'account');
  const by = readBy(value);
  // It becomes part of commands.
  return account !== null && by !== null && /^[a-z0-9]{3,24}$/.test(account) ? { account, ...by } : null;
}

function readBy(value: unknown): { readonly by: ReachedBy } | null {
  const by = member(value, 'by');
  return by === 'key' || by === 'identity' || by === 'other-identity' ? { by } : null;
}

function guidOf(value: unknown, name: string): string | null {
  const text = textOf(value, name);
  return text !== null && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text : null;
}

function textOf(value: unknown, name: string): string | null {
  const text = member(value, name);
  return typeof text === 'string' && text.length <= maxText ? text : null;
}
