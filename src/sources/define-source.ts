import type { GroupProperties } from '../groups/group-properties.ts';
import type { MemberType } from '../groups/member.ts';
import type { NameKind } from '../groups/member-name.ts';
import type { IgnoreReason } from '../groups/reasons.ts';

/** A request to a source, before anything of it is believed. */
export interface SourceRequest {
  readonly method: string;
  readonly headers: Headers;
  /** The bytes as they came, as signatures cover them. */
  readonly body: Buffer;
}

/** The response that a system expects before it sends events. */
export interface HandshakeAnswer {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

type ByName = { [kind in NameKind]: { readonly [name in kind]: string } }[NameKind];

/** A member as the source knows it: a user by object id or by one name, an Entra group, or an external group. */
export type SourceMember =
  | ({ readonly type: 'user'; readonly id?: never } & ByName)
  | ({ readonly type: 'user'; readonly id: string } & Partial<Record<NameKind, string>>)
  | { readonly type: Exclude<MemberType, 'user'>; readonly id: string };

interface Ordered {
  readonly groupId: string;
  /** When the source made the change, by its own clock, in milliseconds: events arrive late, twice and in any order. */
  readonly sequence: number;
  /** The connection is that of the source's setting. */
  readonly connectionId?: never;
}

/** A change of a group: what a message on the queue of changes says, without its connection. */
export type SourceChange = Ordered &
  (
    | { readonly group: GroupProperties }
    | { readonly delete: true }
    | { readonly members: readonly SourceMember[]; readonly removals?: number }
    | { readonly add: readonly SourceMember[]; readonly remove?: readonly SourceMember[] }
    | { readonly add?: readonly SourceMember[]; readonly remove: readonly SourceMember[] }
  );

/** A part of an event that changes nothing. */
export interface Ignored {
  readonly ignored: IgnoreReason;
}

/** A part of an event that cannot be mapped; the other parts count all the same, and the event becomes a dead letter. */
export interface Unmapped {
  /** For the dead letter: which member of the event is missing or wrong. */
  readonly unmapped: string;
}

export type Mapped = SourceChange | Ignored | Unmapped;

/** A system that announces changes of groups in payloads of its own. */
export interface Source {
  /**
   * Whether the request comes from the system. Compare with `isOneOf` or `isSigned`, in constant time; any of the
   * secrets will do, there are two while one is being rotated.
   */
  readonly verify: (request: SourceRequest, secrets: readonly string[]) => boolean;
  /** The answer to a GET or OPTIONS request; null: it is no handshake. */
  readonly handshake?: (request: SourceRequest, secrets: readonly string[]) => HandshakeAnswer | null;
  /**
   * What an event changes. Pure: it is called again when an event is tried again. Throws for an event that it should
   * understand and does not: that one becomes a dead letter, and can be redriven after the mapping has been corrected. A
   * removal is never ignored because the event does not name the member.
   */
  readonly map: (event: unknown) => Mapped | readonly Mapped[];
}

/** Defines a source; the compiler says what is missing. */
export function defineSource(source: Source): Source {
  return source;
}

/**
 * The handshake of CloudEvents webhooks (cloudevents/spec, http-webhook.md, "Abuse protection"), as Event Grid makes it:
 * OPTIONS with `WebHook-Request-Origin`.
 */
export function allowWebhookOrigin({ method, headers }: SourceRequest): HandshakeAnswer | null {
  const origin = headers.get('webhook-request-origin');
  if (method !== 'OPTIONS' || origin === null || origin === '') return null;
  return { headers: { 'webhook-allowed-origin': origin, 'webhook-allowed-rate': '*' } };
}
