import { createRing } from '../../watch/ring.ts';
import type { GraphOperation } from './graph-operation.ts';

/** How a request ended: Graph's status, or without one. `left`: the caller disconnected before the response. */
export type CallStatus = number | 'pending' | 'hang' | 'reset' | 'left';

/** One request as the stand-in saw it. The token itself is never kept. */
export interface GraphCall {
  /** Counts from 1 in order of arrival. */
  readonly seq: number;
  /** Arrival, milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly connectionId?: string | undefined;
  groupId?: string | undefined;
  memberId?: string | undefined;
  /** Absent: not one of those that Graph documents. */
  readonly operation?: GraphOperation | undefined;
  status: CallStatus;
  /** The kind of fault that was applied. */
  fault?: string;
  /** The request changed something, whatever response its caller got. */
  committed: boolean;
  tokenAccepted: boolean;
  tokenId?: string | undefined;
  readonly contentTypeAccepted: boolean;
  readonly requestId: string;
  readonly clientRequestId?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly tls: string;
  /** Requests to the same connection in flight on arrival, including this one. */
  readonly inFlight: number;
  /** Milliseconds from arrival to the end, once it has ended. */
  durationMs?: number;
}

/** Totals since the start or the last reset. */
export interface GraphCounters {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byFault: Readonly<Record<string, number>>;
  readonly byOperation: Readonly<Record<string, number>>;
  /** Writes that were carried out, whatever response their callers got. */
  readonly writes: Readonly<Record<string, number>>;
  readonly tokensRefused: number;
  /** Highest number of requests to one connection in flight at the same time. */
  readonly maxInFlight: number;
  /** Successful creates, whatever response their callers got. */
  readonly created: number;
  /** `connection/group` -> how often it was created; exactly once is 1. */
  readonly createsPerGroup: Readonly<Record<string, number>>;
}

export interface CallLog {
  open(call: Omit<GraphCall, 'seq'>): GraphCall;
  close(call: GraphCall, status: CallStatus): void;
  /** Records that a call's write was carried out. */
  committed(call: GraphCall): void;
  /** Newest calls, oldest first, `time` in ISO 8601; `since` leaves out those up to that `seq`. */
  calls(since?: number): (GraphCall & { readonly time: string })[];
  counters(): GraphCounters;
  clear(): void;
}

/** Keeps the newest `capacity` calls and counts all of them. */
export function createCallLog(capacity = 200_000): CallLog {
  const ring = createRing<GraphCall>(capacity);
  let totals = emptyTotals();
  let seq = 0;
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  return {
    open(call) {
      seq += 1;
      const entry: GraphCall = { seq, ...call };
      ring.push(entry);
      totals.requests += 1;
      totals.maxInFlight = Math.max(totals.maxInFlight, call.inFlight);
      if (call.operation !== undefined) add(totals.byOperation, call.operation);
      return entry;
    },
    close(call, status) {
      call.status = status;
      call.durationMs = Date.now() - call.at;
      add(totals.byStatus, String(status));
      if (call.fault !== undefined) add(totals.byFault, call.fault);
      if (!call.tokenAccepted) totals.tokensRefused += 1;
    },
    committed(call) {
      call.committed = true;
      if (call.operation !== undefined) add(totals.writes, call.operation);
      if (call.operation !== 'create-group') return;
      add(totals.creates, `${call.connectionId?.toLowerCase() ?? ''}/${call.groupId ?? ''}`);
    },
    calls: (since = 0) =>
      ring
        .entries()
        .filter((call) => call.seq > since)
        .map((call) => ({ ...call, time: new Date(call.at).toISOString() })),
    counters: () => ({
      requests: totals.requests,
      byStatus: Object.fromEntries(totals.byStatus),
      byFault: Object.fromEntries(totals.byFault),
      tokensRefused: totals.tokensRefused,
      maxInFlight: totals.maxInFlight,
      byOperation: Object.fromEntries(totals.byOperation),
      writes: Object.fromEntries(totals.writes),
      created: totals.writes.get('create-group') ?? 0,
      createsPerGroup: Object.fromEntries(totals.creates),
    }),
    clear() {
      ring.clear();
      totals = emptyTotals();
    },
  };
}

function emptyTotals() {
  return {
    requests: 0,
    byStatus: new Map<string, number>(),
    byFault: new Map<string, number>(),
    tokensRefused: 0,
    maxInFlight: 0,
    byOperation: new Map<string, number>(),
    writes: new Map<string, number>(),
    creates: new Map<string, number>(),
  };
}
