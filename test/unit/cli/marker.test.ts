import { expect, it } from 'vitest';
import type { Letter } from '../../../cli/dead-letters/letter.ts';
import { createMarker, markedText, readMark } from '../../../cli/dead-letters/marker.ts';

const letter = (more: Partial<Letter> = {}): Letter => ({
  messageId: 'm',
  queue: 'external-group-creations',
  operationId: null,
  connectionId: null,
  groupId: null,
  code: 'gave-up',
  detail: null,
  attempts: null,
  deadLetteredDateTime: '2026-01-02T00:00:00.000Z',
  content: {},
  revival: { obstacle: 'none' },
  mark: null,
  ...more,
});

const now = Date.parse('2026-03-01T00:00:00.000Z');

it('every letter of a run is a delivery of its own', () => {
  const markFor = createMarker(() => now);
  const marks = [letter(), letter(), letter()].map(markFor);
  expect(new Set(marks.map(({ id }) => id)).size).toBe(3);
});

it('a delivery is later than what it follows, though the clock is hours behind', () => {
  const markFor = createMarker(() => now);
  expect(markFor(letter()).at).toBe('2026-03-01T00:00:00.000Z');
  const content = { firstQueuedDateTime: '2026-03-01T05:00:00.000Z' };
  expect(markFor(letter({ content })).at).toBe('2026-03-01T05:00:00.001Z');
});

it('a time from the far future is not believed, neither of a letter nor of a mark in it', () => {
  const markFor = createMarker(
    () => now,
    () => 'new',
  );
  const content = { firstQueuedDateTime: '9999-12-31T00:00:00.000Z' };
  const mark = { id: 'forged', at: '9999-12-31T00:00:00.000Z' };
  const expected = { id: 'new', at: '2026-03-01T00:00:00.000Z' };
  expect(markFor(letter({ content }))).toEqual(expected);
  expect(markFor(letter({ mark }))).toEqual(expected);
});

it('a letter that is marked keeps its mark', () => {
  const mark = { id: 'earlier', at: '2026-02-01T00:00:00.000Z' };
  expect(createMarker(Date.now)(letter({ mark }))).toEqual(mark);
});

it.each([
  [undefined],
  [null],
  ['x'],
  [{ id: 'a' }],
  [{ id: 'two words', at: '2026-01-01T00:00:00Z' }],
  [{ id: 'a', at: 'never' }],
  [{ id: 1, at: '2026-01-01T00:00:00Z' }],
])('%j is no mark', (value) => expect(readMark(value)).toBeNull());

it('a full letter makes room for the mark and keeps its code', () => {
  const mark = { id: 'i', at: '2026-02-01T00:00:00.000Z' };
  const content = { group: { id: 'g' }, error: { code: 'gave-up', detail: 'x'.repeat(49_000) } };
  const text = markedText(content, 'gave-up', mark);
  expect(text.length).toBeLessThanOrEqual(64 * 1024);
  const read = JSON.parse(Buffer.from(text, 'base64').toString());
  expect(read).toMatchObject({ group: { id: 'g' }, error: { code: 'gave-up' }, redrive: mark });
});
