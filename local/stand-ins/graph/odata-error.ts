/**
 * How an error names its inner error. Graph's services disagree: most write `innerError`, some `innererror`,
 * some nest one in another, and gateways leave it out.
 */
export type InnerErrorShape = 'innerError' | 'innererror' | 'nested' | 'none';

export interface ODataError {
  readonly code: string;
  readonly message: string;
  readonly innerCode?: string | undefined;
  readonly shape?: InnerErrorShape | undefined;
}

/** What identifies one request in Graph's answers. */
export interface RequestIdentity {
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * An error body in Graph's format (https://learn.microsoft.com/graph/errors). `date` is UTC without a zone
 * designator, as Graph writes it.
 */
export function odataErrorBody(error: ODataError, identity: RequestIdentity): object {
  const inner = {
    ...(error.innerCode === undefined ? {} : { code: error.innerCode }),
    date: new Date(identity.at).toISOString().slice(0, 19),
    'request-id': identity.requestId,
    'client-request-id': identity.clientRequestId,
  };
  const { code, message, shape = 'innerError' } = error;
  switch (shape) {
    case 'innerError':
      return { error: { code, message, innerError: inner } };
    case 'innererror':
      return { error: { code, message, innererror: inner } };
    case 'nested':
      return { error: { code, message, innerError: { code, message, innerError: inner } } };
    case 'none':
      return { error: { code, message } };
  }
}
