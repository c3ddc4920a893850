/** Why a request failed, as far as the service or its SDK says; never their text. */
export type RequestFault =
  | { readonly kind: 'refused'; readonly status: number; readonly code: string | null }
  /** `code` is the operating system's, such as `ENOTFOUND`. */
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'no-token' }
  | { readonly kind: 'other'; readonly name: string };

const errorCode = /^[A-Za-z][\w.-]{0,79}$/;

/** Reads the errors of both storage SDKs, of `fetch` and of the identity, whose causes may be nested. */
export function readRequestFault(thrown: unknown, depth = 4): RequestFault {
  if (!(thrown instanceof Error)) return { kind: 'other', name: typeof thrown };
  const { name } = thrown;
  const status = 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 0;
  const code = codeOf(thrown);
  if (status > 0) return { kind: 'refused', status, code: serviceCodeOf(thrown) ?? code };
  if (isIdentityFault(thrown)) return { kind: 'no-token' };
  if (name === 'TimeoutError' || name === 'AbortError') return { kind: 'silent' };
  if (code !== null && isSystemCode(code)) return { kind: 'unreachable', code };
  if (depth > 0 && thrown.cause instanceof Error) return readRequestFault(thrown.cause, depth - 1);
  return { kind: 'other', name: errorCode.test(name) ? name : 'Error' };
}

function codeOf(thrown: Error): string | null {
  return 'code' in thrown && typeof thrown.code === 'string' && errorCode.test(thrown.code)
    ? thrown.code
    : null;
}

/** Where the table SDK puts the service's own code. */
function serviceCodeOf(thrown: Error): string | null {
  if (!('details' in thrown) || typeof thrown.details !== 'object' || thrown.details === null) return null;
  const { odataError, errorCode: bare } = thrown.details as {
    readonly odataError?: { readonly code?: unknown } | null;
    readonly errorCode?: unknown;
  };
  const code = bare ?? odataError?.code;
  return typeof code === 'string' && errorCode.test(code) ? code : null;
}

function isSystemCode(code: string): boolean {
  return /^(?:E[A-Z_]{3,30}|UND_ERR_[A-Z_]+|ERR_TLS_\w+|CERT_\w+|UNABLE_TO_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/.test(
    code,
  );
}

/** MSAL, @azure/identity, and our own token source if the endpoint is silent. */
function isIdentityFault({ name, message }: Error): boolean {
  return (
    /^(?:CredentialUnavailable|Authentication(?:Required)?|ManagedIdentity|ServerError|ClientAuth|Interaction)\w*$/.test(
      name,
    ) || message.startsWith('the identity endpoint')
  );
}
