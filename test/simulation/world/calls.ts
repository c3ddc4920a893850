import type { Fate, ServiceName } from './faults.ts';
import { abortError, connectionReset } from './service-error.ts';
import type { Timeline } from './timeline.ts';
import type { Owner, VirtualTime } from './virtual-time.ts';

/** One call of a service, as the ports of an instance describe it. */
export interface CallSpec<T> {
  readonly service: ServiceName;
  readonly label: () => string;
  /** What is requested, for the timeline. */
  readonly subject?: object;
  /** A read has no effect: it never takes effect late. */
  readonly isRead?: boolean;
  /** Calls without a deadline of their own, as the host's, are never left without an answer. */
  readonly isNeverSilent?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the caller gives this call up by itself. */
  readonly timeout?: number | undefined;
  /** Carries the call out at the service: returns its response, or throws the service's error. */
  readonly perform: () => T;
  /** The service's response if it refuses the call; throws if that is an error. */
  readonly refuse: () => T;
  /** What the caller gets if the connection broke, or if it gave up; `null`: at its own deadline. */
  readonly broken?: (fate: Fate | null) => unknown;
}

/** A call in progress. */
export interface Call {
  readonly owner: Owner;
  readonly spec: CallSpec<unknown>;
  readonly beganAt: number;
  /** Ends the waiting for the call's own timeout. */
  readonly cancel: () => void;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A call nobody waits for any more that may yet be carried out, from `landFrom` until `landBy`. */
export interface LateCall {
  readonly spec: CallSpec<unknown>;
  readonly beganAt: number;
  readonly landFrom: number;
  readonly landBy: number;
}

/** The calls of a run: each returns a promise that only the scheduler settles. */
export interface Calls {
  readonly begin: <T>(owner: Owner, spec: CallSpec<T>) => Promise<T>;
  /** Applies a fate to a pending call. */
  readonly meet: (call: Call, fate: Fate) => void;
  /** Carries a late call out, or lets it come to nothing. */
  readonly settleLate: (late: LateCall, lands: boolean) => void;
  /** The owner has crashed: none of its calls is ever answered; what was sent may still take effect. */
  readonly dropCallsOf: (owner: Owner) => void;
  /** Those that the scheduler may choose from. */
  readonly pending: Call[];
  readonly late: LateCall[];
}

/**
 * Assumptions about the services: Graph carries a write out within ten minutes of its start, storage within ten minutes
 * after its caller has given up; or never.
 */
const landsWithin = 600_000;
/** Milliseconds for which a caller that is alive waits for storage. */
const longestWait = 30_000;

/** Observes the fate of each call. */
export type OnFate = (call: Call, fate: Fate) => void;
/** Sees what is carried out when nobody waits for it any more. */
export type OnLanded = (late: LateCall) => void;

export interface CallsOptions {
  readonly onFate: OnFate;
  readonly onLanded: OnLanded;
  /** Milliseconds before its last moment from which a late call may be carried out. */
  readonly lastMoments: () => number;
}

export function createCalls(
  time: VirtualTime,
  timeline: Timeline,
  { onFate, onLanded, lastMoments }: CallsOptions,
): Calls {
  const pending: Call[] = [];
  /** Those that will not be answered: they wait until their caller gives up. */
  let silent: Call[] = [];
  const late: LateCall[] = [];

  function land({ spec }: { readonly spec: CallSpec<unknown> }): void {
    try {
      spec.perform();
    } catch {
      // Nobody hears of it.
    }
  }

  function mayLandLater({ spec, beganAt }: Call): void {
    if (spec.isRead === true) return;
    // A process that stalls gives its call up late; what it has sent is on its way all the same.
    const hasDeadline = spec.isNeverSilent !== true;
    const givenUp = hasDeadline ? Math.min(time.now(), beganAt + longestWait) : time.now();
    const from = spec.service === 'graph' ? beganAt : givenUp;
    const landBy = from + landsWithin;
    if (landBy > time.now()) late.push({ spec, beganAt, landFrom: landBy - lastMoments(), landBy });
  }

  function forget(call: Call): boolean {
    const index = pending.indexOf(call);
    if (index < 0) return false;
    pending.splice(index, 1);
    return true;
  }

  /** Invokes the callback with the response, or throws the service's error. */
  function answer({ resolve, reject }: Call, how: () => unknown): void {
    let answered: unknown;
    try {
      answered = how();
    } catch (thrown) {
      reject(thrown);
      return;
    }
    resolve(answered);
  }

  function giveUp(call: Call): void {
    const wasPending = forget(call);
    if (silent.includes(call)) silent = silent.filter((one) => one !== call);
    call.cancel();
    if (wasPending) {
      timeline.note(() => `${call.owner.name}  ${call.spec.label()}  [given up before it was served]`);
      onFate(call, 'late');
      mayLandLater(call);
    }
    call.reject(call.spec.broken === undefined ? abortError() : call.spec.broken(null));
  }

  function meet(call: Call, drawn: Fate): void {
    const { spec, owner } = call;
    const fate = drawn.startsWith('silent') && spec.isNeverSilent === true ? 'answer lost' : drawn;
    forget(call);
    timeline.note(() => `${owner.name}  ${spec.label()}${fate === 'served' ? '' : `  [${fate}]`}`);
    onFate(call, fate);
    // Carried out now, or perhaps later; then the answer, or none.
    if (fate === 'answer lost' || fate === 'silent') land(call);
    if (fate === 'late' || fate === 'silent, late') mayLandLater(call);
    if (fate === 'silent' || fate === 'silent, late') {
      silent.push(call);
      return;
    }
    call.cancel();
    if (fate === 'served') answer(call, spec.perform);
    else if (fate === 'refused') answer(call, spec.refuse);
    else call.reject((spec.broken ?? connectionReset)(fate));
  }

  return {
    pending,
    late,
    begin: <T>(owner: Owner, spec: CallSpec<T>) =>
      new Promise<T>((resolve, reject) => {
        if (!owner.isAlive()) return;
        const call: Call = {
          owner,
          spec,
          beganAt: time.now(),
          resolve: (answered) => resolve(answered as T),
          reject,
          cancel:
            spec.timeout === undefined
              ? () => undefined
              : time.after(owner, spec.timeout, () => giveUp(call)),
        };
        if (spec.signal?.aborted) return giveUp(call);
        spec.signal?.addEventListener('abort', () => giveUp(call), { once: true });
        pending.push(call);
      }),
    meet,
    settleLate: (one, lands) => {
      late.splice(late.indexOf(one), 1);
      timeline.note(() => `(late)  ${one.spec.label()}  [${lands ? 'lands now' : 'comes to nothing'}]`);
      if (!lands) return;
      land(one);
      onLanded(one);
    },
    dropCallsOf: (owner) => {
      for (const call of pending.filter((one) => one.owner === owner)) {
        forget(call);
        mayLandLater(call);
      }
      silent = silent.filter((call) => call.owner !== owner);
    },
  };
}
