/** An access token and when it ends, in milliseconds since 1970. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** Asks the identity for a token; `fresh`: past every cache that can be passed. */
export type AcquireToken = (fresh: boolean) => Promise<IssuedToken>;

export interface TokenSource {
  /** A token that is good for minutes yet, from memory or from the identity. */
  readonly current: (signal: AbortSignal) => Promise<string>;
  /** Another one after Graph refused `rejected`; what a parallel call has fetched meanwhile will do. */
  readonly insteadOf: (rejected: string, signal: AbortSignal) => Promise<string>;
}

export interface TokenSourceOptions {
  readonly acquire: AcquireToken;
  /** Milliseconds that one request to the identity may take, whoever waits for it. */
  readonly timeout: number;
  readonly now?: () => number;
}

/** A token is renewed this long before it ends, in milliseconds: clocks differ, and calls under way need it still. */
const renewBefore = 5 * 60_000;

/**
 * Keeps one token and lets all calls share one request for the next: a thousand calls on a cold start ask the
 * identity once (`ManagedIdentityCredential` does not join concurrent requests). A request that hangs is left
 * behind after `timeout`; a caller leaves earlier when its own signal says so.
 */
export function createTokenSource({ acquire, timeout, now = Date.now }: TokenSourceOptions): TokenSource {
  let held: IssuedToken | null = null;
  let pending: { readonly fresh: boolean; readonly token: Promise<IssuedToken> } | null = null;

  function request(fresh: boolean): Promise<IssuedToken> {
    if (pending !== null && (pending.fresh || !fresh)) return pending.token;
    const token = withTimeout(acquire(fresh), timeout).then((issued) => {
      held = issued;
      return issued;
    });
    const mine = { fresh, token };
    pending = mine;
    const settle = () => {
      if (pending === mine) pending = null;
    };
    token.then(settle, settle);
    return token;
  }

  return {
    current: async (signal) => {
      if (held !== null && held.expiresOnTimestamp - now() > renewBefore) return held.token;
      return (await abandonOn(signal, request(false))).token;
    },
    insteadOf: async (rejected, signal) => {
      if (held !== null && held.token !== rejected) return held.token;
      return (await abandonOn(signal, request(true))).token;
    },
  };
}

function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => {
    reject(new Error(`the identity endpoint did not answer within ${milliseconds} ms`));
  }, milliseconds);
  work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

function abandonOn<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abandon = () => reject(signal.reason);
  signal.addEventListener('abort', abandon, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  return promise;
}
