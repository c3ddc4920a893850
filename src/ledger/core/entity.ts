import { propertiesOf } from '../../groups/group-properties.ts';
import type { TableAction, TableEntity } from '../../shared/table-action.ts';
import { stateOf } from './group-record.ts';
import { emptyPage, type GroupWant, type Head, newHead, type PageSummary } from './head.ts';
import { headRow, pageRow, partitionOfGroup } from './keys.ts';
import type { Page } from './page.ts';
import { decodePage } from './page-codec.ts';
import { dueAt, isResting } from './progress.ts';
import type { SealedState } from './state.ts';

/**
 * The format in which entities are written. The first release wrote none, which counts as 1; 2 adds the names of the latest
 * writes, and hashes of the names by which members were declared. Raise it with any change that an earlier release would lose or misread: it leaves later formats alone.
 */
const ledgerFormat = 2;

/** A binary property holds 64 KiB at most; longer content is spread over several. */
const maxPropertyBytes = 64 * 1024;
/** An entity holds 1 MiB at most. */
const maxProperties = 15;

/**
 * The head as an entity. What an operator may want to filter by stands beside the content; `nonce` names the write, so
 * that a writer whose request got no response can tell whether it was carried out.
 */
export function headEntity(head: Head, nonce: string): TableEntity {
  const { connectionId, groupId } = head;
  const due = dueAt(head);
  return {
    partitionKey: partitionOfGroup(connectionId, groupId),
    rowKey: headRow(groupId),
    format: ledgerFormat,
    nonce,
    state: head.want.kind === 'gone' && stateOf(head) === 'applied' ? 'deleted' : stateOf(head),
    look: head.look,
    ...(isResting(head) ? {} : { due: new Date(Math.max(due, head.changedAt)) }),
    ...spread(Buffer.from(JSON.stringify(packed(head)), 'utf8')),
  };
}

/** Throws if the entity is not a head, or of a later format. */
export function toHead(entity: Properties): { head: Head; nonce: string } {
  requireKnownFormat(entity);
  const packed: unknown = JSON.parse(Buffer.from(gathered(entity)).toString('utf8'));
  if (!isPackedHead(packed)) throw new Error('it does not hold what belongs to a group');
  return {
    head: unpacked(packed),
    nonce: typeof entity.nonce === 'string' ? entity.nonce : '',
  };
}

/** Throws if the entity is not a page, or of a later format. */
export function toPage(entity: Properties): Page {
  requireKnownFormat(entity);
  return decodePage(gathered(entity));
}

type Properties = { readonly [property: string]: unknown };

function requireKnownFormat({ format = 1 }: Properties): void {
  if (typeof format !== 'number' || format > ledgerFormat)
    throw new Error(`it has format ${String(format)}, and this release reads formats up to ${ledgerFormat}`);
}

/**
 * The one transaction that takes the ledger from what was read to `after`. `before` null: the group did not exist.
 * The first action is the head's and carries the condition, which orders all changes of a group and shuts out late workers.
 */
export function transactionOf(
  before: { readonly head: Head; readonly etag: string } | null,
  after: SealedState,
  nonce: string,
): readonly TableAction[] {
  const { connectionId, groupId } = after.head;
  const entity = headEntity(after.head, nonce);
  const partitionKey = partitionOfGroup(connectionId, groupId);
  const hadPage = (page: number) => (before?.head.pages[page]?.bytes ?? 0) > 0;
  const written = [...after.encoded].flatMap(([page, bytes]): TableAction[] => {
    const rowKey = pageRow(groupId, page);
    if (bytes !== null)
      return [{ kind: 'upsert', entity: { partitionKey, rowKey, format: ledgerFormat, ...spread(bytes) } }];
    return hadPage(page) ? [{ kind: 'delete', partitionKey, rowKey, etag: '*' }] : [];
  });
  const dropped = (before?.head.pages ?? []).flatMap((_page, page): TableAction[] =>
    page >= after.head.pages.length && hadPage(page)
      ? [{ kind: 'delete', partitionKey, rowKey: pageRow(groupId, page), etag: '*' }]
      : [],
  );
  const first: TableAction =
    before === null ? { kind: 'insert', entity } : { kind: 'replace', entity, etag: before.etag };
  return [first, ...written, ...dropped];
}

/** `[entries, wanted, applied, applying, failed, open, removalsDue, additionsDue, sequence, bytes, named]`; null: infinite. */
type PackedPage = readonly (number | null)[];
/** Stored under other names: `floor`, `tally` and `untold`. `recent` and `refusedBy` are absent from what the first release wrote. */
type PackedHead = Omit<Head, 'want' | 'watermark' | 'totals' | 'pages' | 'recent' | 'refusedBy'> & {
  readonly want: Exclude<GroupWant, { kind: 'unspecified' }> | { readonly kind: 'untold' };
  readonly floor: number;
  readonly tally: Head['totals'];
  readonly pages: readonly PackedPage[];
  readonly recent?: readonly string[];
  readonly refusedBy?: Head['refusedBy'];
};

const names = [
  'entries',
  'wanted',
  'applied',
  'applying',
  'failed',
  'open',
  'removalsDue',
  'additionsDue',
  'sequence',
  'bytes',
  'named',
] as const satisfies readonly (keyof PageSummary)[];

const example: Readonly<Record<string, unknown>> = { ...packed(newHead('', '', { traceparent: '' })) };

/** Everything that a head has, and of the right kind. */
function isPackedHead(value: unknown): value is PackedHead {
  if (typeof value !== 'object' || value === null) return false;
  const head: Readonly<Record<string, unknown>> = { recent: [], refusedBy: null, ...value };
  const isWhole = Object.entries(example).every(([name, shown]) => typeof head[name] === typeof shown);
  return isWhole && head.want !== null && Array.isArray(head.recent) && Array.isArray(head.pages);
}

function packed({ want, watermark, totals, pages, ...rest }: Head): PackedHead {
  return {
    ...rest,
    want: want.kind === 'unspecified' ? { kind: 'untold' } : want,
    floor: watermark,
    tally: totals,
    pages: pages.map((page) => names.map((name) => (Number.isFinite(page[name]) ? page[name] : null))),
  };
}

function unpacked({ want, floor, tally, pages, recent = [], refusedBy = null, ...rest }: PackedHead): Head {
  return {
    ...rest,
    want: toWant(want),
    watermark: floor,
    totals: tally,
    recent,
    refusedBy,
    pages: pages.map(unpackedPage),
  };
}

function unpackedPage(values: PackedPage): PageSummary {
  const page: Record<keyof PageSummary, number> = { ...emptyPage };
  // Null is infinite; what an earlier release did not write yet is as on an empty page.
  for (const [at, value] of values.entries()) {
    const name = names[at];
    if (name !== undefined) page[name] = value ?? Number.POSITIVE_INFINITY;
  }
  return page;
}

/** A property that the release which wrote the head did not know is null. */
function toWant(want: PackedHead['want']): GroupWant {
  if (want.kind === 'untold') return { kind: 'unspecified' };
  return want.kind === 'present' ? { kind: 'present', ...propertiesOf(want) } : want;
}

/** Bytes of any length as properties of an entity. */
export function spread(bytes: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const parts: Record<string, Uint8Array> = {};
  for (let part = 0; part * maxPropertyBytes < bytes.length; part += 1) {
    if (part === maxProperties) throw new Error('an entity of the ledger is over 1 MiB');
    parts[`content${part}`] = bytes.subarray(part * maxPropertyBytes, (part + 1) * maxPropertyBytes);
  }
  return parts;
}

/** The bytes that were spread; throws if there are none. */
export function gathered(entity: Properties): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let part = 0; part < maxProperties; part += 1) {
    const bytes = entity[`content${part}`];
    if (!(bytes instanceof Uint8Array)) break;
    parts.push(bytes);
  }
  if (parts.length === 0) throw new Error('it has no content');
  return Buffer.concat(parts);
}
