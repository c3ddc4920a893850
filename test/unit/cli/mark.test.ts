import { expect, it } from 'vitest';
import type { Letter } from '../../../cli/dead-letters/letter.ts';
import { createMarker, markedText, readMark } from '../../../cli/dead-letters/mark.ts';

const letter = (more: Partial<Letter> = {}): Letter => ({
  messageId: 'm',
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

it('every letter of a run has a delivery of its own, though the clock stands still', () => {
  const markFor = createMarker(() => Date.parse('2026-03-01T00:00:00.000Z'));
  const marks = [letter(), letter(), letter()].map(markFor);
  expect(new Set(marks.map(({ at }) => at)).size).toBe(3);
  expect(new Set(marks.map(({ id }) => id)).size).toBe(1);
});

it('a delivery is later than what it follows, though the clock is behind', () => {
  const markFor = createMarker(() => 0);
  expect(markFor(letter()).at).toBe('2026-01-02T00:00:00.001Z');
  const content = { firstQueuedDateTime: '2026-05-01T00:00:00.000Z' };
  expect(markFor(letter({ content })).at).toBe('2026-05-01T00:00:00.001Z');
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
