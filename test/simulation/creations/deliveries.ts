import type { ExternalGroup } from '../../../src/groups/external-group.ts';
import { operationIdOf } from '../../../src/groups/operation-id.ts';

/** One delivery: over HTTP, or as a message. */
export interface Delivery {
  /** Identifies it in every message, dead letter and call that results from it. */
  readonly traceId: string;
  readonly door: 'http' | 'queue';
  readonly connectionId: string;
  readonly group: ExternalGroup;
  readonly operationId: string;
  /** `work`: a creation; `fault`: something that can only end as a dead letter. */
  readonly kind: 'work' | 'fault';
  readonly words: string;
  /** It is on the queue, or its caller has been told that it is kept: from now on it must not be lost. */
  isAccepted: boolean;
  /** Faults, crashes and lost leases that affected it: each may repeat what is done only at least once. */
  troubles: number;
  /** Messages may count as delivered although nobody received them. */
  lostReceives: number;
  /** Requests of Graph made for it, and those that the concurrency limiter held back. */
  attempts: number;
  /** Messages of it that have been put on the work queue. */
  sends: number;
  /** Graph has asked for no further calls about it until then. */
  notBefore: number;
  /** An operator has redriven it. */
  wasRedriven: boolean;
  readonly arrivedAt: number;
  /** When its age began: that of a copy with its original. */
  readonly since: number;
  /** When its first message was put on the queue, by the queue's clock: between these; null: none has been. */
  firstQueued: { readonly from: number; readonly to: number } | null;
}

interface Origin {
  readonly since: number;
  /** What the message claims of that. */
  readonly queuedFrom: number | null;
}

export interface Deliveries {
  readonly add: (
    given: Pick<Delivery, 'door' | 'connectionId' | 'group' | 'kind' | 'words'>,
    origin?: Origin,
  ) => Delivery;
  /** A first message of it has been put on the queue at this time, by the queue's clock. */
  readonly queued: (delivery: Delivery, insertedAt: number) => void;
  readonly all: readonly Delivery[];
  /** The delivery of a call of Graph: by its trace, or by a group that only one delivery has. */
  readonly ofCall: (traceparent: string, groupId: string) => Delivery | undefined;
  /** The delivery of a message or dead letter. */
  readonly of: (text: string) => Delivery | undefined;
}

export function createDeliveries(now: () => number): Deliveries {
  const all: Delivery[] = [];
  const traces = new Map<string, Delivery>();

  function find(text: string): Delivery | undefined {
    const traced = /00-([0-9a-f]{32})-/.exec(text)?.[1];
    const known = traced === undefined ? undefined : traces.get(traced);
    if (known !== undefined) return known;
    // A producer's minimal message has no trace: then its group is of its own.
    const number = /"id":"unique(\d+)"/.exec(text)?.[1];
    return number === undefined ? undefined : all[Number(number)];
  }

  return {
    all,
    queued: (delivery, insertedAt) => {
      const known = delivery.firstQueued ?? { from: insertedAt, to: insertedAt };
      delivery.firstQueued = {
        from: Math.min(known.from, insertedAt),
        to: Math.max(known.to, insertedAt),
      };
    },
    add: (given, origin) => {
      const delivery: Delivery = {
        ...given,
        traceId: traceIdOf(all.length),
        operationId: operationIdOf(given.connectionId, given.group),
        isAccepted: false,
        troubles: 0,
        lostReceives: 0,
        attempts: 0,
        sends: 0,
        notBefore: 0,
        wasRedriven: false,
        arrivedAt: now(),
        since: origin?.since ?? now(),
        firstQueued:
          origin === undefined || origin.queuedFrom === null
            ? null
            : { from: origin.queuedFrom, to: origin.queuedFrom },
      };
      all.push(delivery);
      traces.set(delivery.traceId, delivery);
      return delivery;
    },
    ofCall: (traceparent, groupId) => find(`${traceparent}-"id":"${groupId}"`),
    of: (text) => {
      const plain = decode(text);
      const raw = /"raw":"([^"]*)"/.exec(plain)?.[1];
      return find(raw === undefined ? plain : decode(Buffer.from(raw, 'base64').toString('utf8')));
    },
  };
}

/** The trace id of the delivery with this number. */
export function traceIdOf(number: number): string {
  return (number + 1).toString(16).padStart(32, '0');
}

export function traceParentOf({ traceId }: Pick<Delivery, 'traceId'>): string {
  return `00-${traceId}-00000000000000aa-01`;
}

/** Text as it is, or what its base64 stands for. */
export function decode(text: string): string {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0
    ? Buffer.from(text, 'base64').toString('utf8')
    : text;
}
