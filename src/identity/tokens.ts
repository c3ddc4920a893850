import { type Clock, systemClock } from '../shared/clock.ts';

/** An access token and its expiry, in milliseconds since 1970. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** Requests a token from the identity endpoint; `fresh`: bypass every cache that can be bypassed. */
export type AcquireToken = (fresh: boolean) => Promise<IssuedToken>;

/** The part of an `AbortSignal` that every library's own type of it has. */
interface Abortion {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** How the Azure SDKs ask for a token: of one resource, as `https://…/.default`. */
export type GetToken = (
  scopes: string | string[],
  options?: { readonly abortSignal?: Abortion },
) => Promise<IssuedToken>;

export interface TokenSource {
  /** A token that is valid for some minutes more, cached or new. */
  readonly current: (signal: Abortion) => Promise<IssuedToken>;
  /**
   * Another token after `rejected` was refused at `place`; one that a concurrent call has obtained meanwhile is fine. Null:
   * there is no other, or another was found not to help there less than a minute ago. `place`: what the token was refused
   * for, such as a connection: one place's refusal says nothing about another's.
   */
  readonly insteadOf: (rejected: string, place: string, signal: Abortion) => Promise<string | null>;
  /** Reports that a token from `insteadOf` was refused too: for a minute no other is requested for this place. */
  readonly didNotHelp: (place: string) => void;
}

interface TokenSourceOptions {
  readonly acquire: AcquireToken;
  /** Milliseconds that one request to the identity endpoint may take, however many callers wait for it. */
  readonly timeout: number;
  readonly clock?: Pick<Clock, 'now' | 'monotonic'>;
}

/** A token is renewed this long before it expires, in milliseconds: clocks differ, and calls in flight still need it. */
const renewBefore = 5 * 60_000;
/** Milliseconds after which no further caller joins a request: later callers start a new one instead of waiting. */
const joinedFor = 1_000;
/** Milliseconds for which no other token is requested for a place after a fresh one did not help there. */
const memoryOfRefusal = 60_000;

/**
 * Caches one token and shares one request for the next: a thousand calls on a cold start request a token once
 * (`ManagedIdentityCredential` does not combine concurrent requests). Nobody joins a request that has been hanging for a
 * second, and it is abandoned after `timeout`; a caller leaves earlier when its own signal aborts.
 */
export function createTokenSource({
  acquire,
  timeout,
  clock = systemClock,
}: TokenSourceOptions): TokenSource {
  let held: IssuedToken | null = null;
  /** By place: since when another token is known not to help. The oldest first. */
  const unhelpful = new Map<string, number>();
  let pending: {
    readonly fresh: boolean;
    readonly since: number;
    readonly token: Promise<IssuedToken>;
  } | null = null;

  function request(fresh: boolean): Promise<IssuedToken> {
    const since = clock.monotonic();
    if (pending !== null && (pending.fresh || !fresh) && since - pending.since < joinedFor)
      return pending.token;
    const token = withTimeout(acquire(fresh), timeout).then((issued) => {
      held = issued;
      return issued;
    });
    const mine = { fresh, since, token };
    pending = mine;
    const settle = () => {
      if (pending === mine) pending = null;
    };
    token.then(settle, settle);
    return token;
  }

  /** Callers choose the places, so those that no longer count are dropped. */
  function didNotHelp(place: string): void {
    const now = clock.monotonic();
    unhelpful.delete(place);
    unhelpful.set(place, now);
    for (const [other, since] of unhelpful) {
      if (now - since < memoryOfRefusal) break;
      unhelpful.delete(other);
    }
  }

  return {
    current: async (signal) => {
      if (held !== null && held.expiresOnTimestamp - clock.now() > renewBefore) return held;
      return abandonOn(signal, request(false));
    },
    insteadOf: async (rejected, place, signal) => {
      if (held !== null && held.token !== rejected) return held.token;
      const since = unhelpful.get(place);
      if (since !== undefined && clock.monotonic() - since < memoryOfRefusal) return null;
      const { token } = await abandonOn(signal, request(true));
      if (token !== rejected) return token;
      // The platform caches tokens for up to 24 h and may return the same one again.
      didNotHelp(place);
      return null;
    },
    didNotHelp,
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

async function abandonOn<T>(signal: Abortion, work: Promise<T>): Promise<T> {
  if (signal.aborted) throw abortionOf(signal);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abandon = () => reject(abortionOf(signal));
  signal.addEventListener('abort', abandon);
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  return promise;
}

function abortionOf({ reason }: Abortion): unknown {
  return reason ?? new DOMException('The operation was aborted', 'AbortError');
}
