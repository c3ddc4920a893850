import { createCanonicalId } from '../../../../src/groups/connection-id.ts';
import { createTargetReader } from '../../../../src/groups/target.ts';
import type { Endpoint } from '../../../../src/http/endpoint.ts';
import { createChangeEndpoint } from '../../../../src/http/groups/change-endpoint.ts';
import { createPostChangeEndpoint } from '../../../../src/http/groups/post-change-endpoint.ts';
import {
  createGetGroupEndpoint,
  createListGroupsEndpoint,
  createListMembersEndpoint,
} from '../../../../src/http/groups/read-endpoints.ts';
import { createLengthCheck } from '../../../../src/http/read-body.ts';
import { createSignatures, type Signatures } from '../../../../src/http/verify-signature.ts';
import { createChangeReader, type DeclaredKind } from '../../../../src/ledger/change-reader.ts';
import type { ChangeResult } from '../../../../src/ledger/change-result.ts';
import type { RequestedChange } from '../../../../src/ledger/core/change.ts';
import type { GroupRecord } from '../../../../src/ledger/core/group-record.ts';
import type { DeclareOptions } from '../../../../src/ledger/declare.ts';
import type { Declare } from '../../../../src/ledger/declare-by-name.ts';
import type { LedgerReader } from '../../../../src/ledger/ledger-reader.ts';
import type { Plan } from '../../../../src/ledger/plan-change.ts';
import { type Clock, systemClock } from '../../../../src/shared/clock.ts';

export const record: GroupRecord = {
  connectionId: 'contosohr',
  id: 'night',
  displayName: 'Night shift',
  description: null,
  deleted: false,
  state: 'applied',
  members: { applied: 3, applying: 0, failed: 0 },
  lastChangedDateTime: '2026-11-25T12:00:00.000Z',
};

// Compiled once: AJV takes tens of milliseconds for each schema.
const changeReader = createChangeReader('alphanumeric');
const target = createTargetReader('alphanumeric');

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export interface RequestOptions {
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
}

export interface CallerOptions {
  readonly clock?: Clock;
  readonly signatures?: Signatures;
}

/** The routes over a ledger that says what a test tells it to. */
export function createCaller({ clock = systemClock, signatures = createSignatures([]) }: CallerOptions = {}) {
  const changes: RequestedChange[] = [];
  const options: DeclareOptions[] = [];
  let declared: () => Promise<ChangeResult> = () => Promise.resolve({ kind: 'settled', record });
  let plan: () => Promise<Plan> = () => Promise.reject(new Error('not asked for'));
  const reads: unknown[] = [];
  let read: (() => Promise<unknown>) | undefined;

  const answerRead = <T>(what: readonly unknown[], otherwise: T) => {
    reads.push(what);
    return (read?.() ?? Promise.resolve(otherwise)) as Promise<T>;
  };
  const reader: LedgerReader = {
    readGroup: (...asked) => answerRead<GroupRecord | null>(asked, record),
    listMembers: (...asked) => answerRead(asked, { groupId: 'night', entries: [] }),
    listGroups: (...asked) => answerRead(asked, { entries: [record], next: 'n' }),
  };
  const declare: Declare = (change, given) => {
    changes.push(change);
    options.push(given);
    return declared();
  };
  const callers = {
    requireLength: createLengthCheck({ httpStreaming: false }),
    signatures,
    canonicalId: createCanonicalId(['contosohr', 'fabrikam', 'litware', 'closed']),
  };
  const shared = { callers, graphDeadline: 100, clock };
  const planned = (asked: RequestedChange) => {
    changes.push(asked);
    return plan();
  };
  const changing = { ...shared, reader: changeReader, ledger: { declare, planChange: planned } };
  const change = (kind: DeclaredKind) => createChangeEndpoint(kind, changing);
  const reading = { ...shared, target, ledger: reader };

  async function call(
    endpoint: Endpoint,
    body: unknown,
    {
      path = '/api/connections/contosohr/groups/night',
      query = '',
      headers = {},
      params = {},
    }: RequestOptions = {},
  ): Promise<Reply> {
    const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await endpoint(
      {
        method: 'PUT',
        url: `http://localhost${path}${query}`,
        headers: new Headers({ 'content-type': 'application/json', ...headers }),
        params: { connectionId: 'contosohr', groupId: 'night', ...params },
        body: body === undefined ? null : new Blob([raw]).stream(),
      },
      { invocationId: 'invocation', traceContext: undefined, log: () => undefined },
    );
    return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body) };
  }

  return {
    changes,
    options,
    reads,
    postChange: (body: unknown, more?: RequestOptions) =>
      call(createPostChangeEndpoint({ ...changing, idCharacters: 'alphanumeric' }), body, {
        path: '/api/changes',
        ...more,
      }),
    putGroup: (body: unknown, more?: RequestOptions) => call(change('put-group'), body, more),
    deleteGroup: (more?: RequestOptions, body?: unknown) => call(change('delete-group'), body, more),
    putMembers: (body: unknown, more?: RequestOptions) => call(change('put-members'), body, more),
    patchMembers: (body: unknown, more?: RequestOptions) => call(change('patch-members'), body, more),
    getGroup: (more?: RequestOptions) => call(createGetGroupEndpoint(reading), undefined, more),
    listMembers: (more?: RequestOptions) => call(createListMembersEndpoint(reading), undefined, more),
    listGroups: (more?: RequestOptions) => call(createListGroupsEndpoint(reading), undefined, more),
    declares: (next: () => Promise<ChangeResult>) => {
      declared = next;
    },
    plans: (next: () => Promise<Plan>) => {
      plan = next;
    },
    reading: (next: () => Promise<unknown>) => {
      read = next;
    },
  };
}
