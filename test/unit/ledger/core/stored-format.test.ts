import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toHead, toPage, transactionOf } from '../../../../src/ledger/core/entity.ts';
import type { Head } from '../../../../src/ledger/core/head.ts';
import { headRow, pageRow, partitionOfGroup } from '../../../../src/ledger/core/keys.ts';
import type { Page } from '../../../../src/ledger/core/page.ts';
import { encodePage } from '../../../../src/ledger/core/page-codec.ts';

type Entity = { readonly [property: string]: unknown };

/** A group as a release wrote it: the entities of the table, and what they say. */
interface StoredGroup {
  readonly words: string;
  readonly entities: readonly Entity[];
  readonly head: { readonly connectionId: string; readonly groupId: string };
  /** The entries of each page; absent: only their number is compared. */
  readonly pages?: { readonly [page: string]: readonly object[] };
  readonly members: number;
}

/** Written by the release of that format, and never to be changed: what users have in storage stays readable. */
const stored = [1, 2].flatMap((format) => {
  const text = readFileSync(new URL(`./stored/format-${format}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as readonly StoredGroup[]).map((group) => ({ ...group, format }));
});

/** As the SDK returns an entity. */
function fromStorage(entity: Entity): Entity {
  const entries = Object.entries(entity).map(([name, value]) => [name, fromJson(value)]);
  return Object.fromEntries(entries);
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('base64' in value) return Uint8Array.from(Buffer.from(String(value.base64), 'base64'));
  return 'date' in value ? new Date(String(value.date)) : value;
}

function readGroup(entities: readonly Entity[]) {
  const isHead = ({ rowKey }: Entity) => String(rowKey).startsWith('g.');
  const { head } = toHead(entities.find(isHead) ?? {});
  const pages = new Map<number, Page>();
  for (const entity of entities.filter((one) => !isHead(one)))
    pages.set(Number.parseInt(String(entity.rowKey).slice(-2), 16), toPage(entity));
  return { head, pages };
}

/** As JSON has it: no infinity. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A head by the names under which its properties are stored. */
function toStoredNames({ want, watermark, totals, ...rest }: Head) {
  const kind = want.kind === 'unspecified' ? 'untold' : want.kind;
  return plain({ ...rest, want: { ...want, kind }, floor: watermark, tally: totals });
}

/** The entries of a page by the names that the golden files have for them. */
function entriesOf(page: Page) {
  return [...page].map(([key, { isUnknown, ...entry }]) => ({ key, ...entry, strange: isUnknown }));
}

describe.each(stored)('a group in format $format: $words', (golden) => {
  const entities = golden.entities.map(fromStorage);
  const { head, pages } = readGroup(entities);

  it('is read as it was meant', () => {
    expect(toStoredNames(head)).toMatchObject(golden.head);
    const entries = Object.fromEntries([...pages].map(([index, page]) => [index, entriesOf(page)]));
    if (golden.pages !== undefined) expect(plain(entries)).toMatchObject(golden.pages);
    expect([...pages.values()].reduce((sum, { size }) => sum + size, 0)).toBe(golden.members);
  });

  it('stands where it is looked for', () => {
    const { connectionId, groupId } = golden.head;
    const rows = [headRow(groupId), ...[...pages.keys()].map((page) => pageRow(groupId, page))];
    expect(entities.map(({ rowKey }) => rowKey).sort()).toEqual(rows.sort());
    const partitions = new Set(entities.map(({ partitionKey }) => partitionKey));
    expect([...partitions]).toEqual([partitionOfGroup(connectionId, groupId)]);
  });

  it('is the same when it is written again', () => {
    const encoded = new Map([...pages].map(([index, page]) => [index, encodePage(page)] as const));
    const actions = transactionOf(null, { head, pages, encoded }, 'nonce');
    const written = actions.flatMap((action) => (action.kind === 'delete' ? [] : [action.entity]));
    const again = readGroup(written);
    expect(again.pages).toEqual(pages);
    expect(toStoredNames(again.head)).toMatchObject(golden.head);
    for (const [index, bytes] of encoded) {
      const before = entities.find(({ rowKey }) => rowKey === pageRow(golden.head.groupId, index));
      expect(textOf(bytes)).toBe(textOf(before?.content0));
    }
  });
});

/** What a page says, however it is compressed. */
function textOf(bytes: unknown): string {
  return bytes instanceof Uint8Array ? inflateRawSync(bytes).toString('utf8') : '';
}
