import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutGroup } from '../../../src/creations/cut-group.ts';
import type { ProblemCode } from '../../../src/problems/catalogue.ts';
import { type Cut, cutText, type DeadLetter, toDeadLetter } from '../../../src/queue/dead-letter.ts';

const at = '2026-11-21T12:00:00.000Z';
const queue = 'external-group-creations';
const base64Length = (letter: object) => Buffer.from(JSON.stringify(letter)).toString('base64').length;
const text = fc.oneof(
  fc.string({ maxLength: 50_000 }),
  fc.constantFrom('ä'.repeat(16_000), 'x'.repeat(32_000), '\u0001'.repeat(30_000)),
);
const group = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{1,128}$/),
  displayName: fc.constant('n'),
  description: text,
});
const cuts: readonly Cut[] = [
  {
    name: 'existing',
    shorten: ({ error, ...letter }) => ({
      ...letter,
      error: { ...error, existing: cutGroup(error.existing) },
    }),
  },
  { name: 'group', shorten: (letter) => ({ ...letter, group: cutGroup(letter.group) }) },
];

describe('a dead letter', () => {
  it('fits the queue, whatever it is about', () => {
    const code: ProblemCode = 'group-conflict';
    fc.assert(
      fc.property(group, group, text, (requested, existing, detail) => {
        const message = { connectionId: 'c', group: requested };
        const letter = toDeadLetter(queue, { message, cuts }, { code, detail, members: { existing } }, at);
        expect(base64Length(letter)).toBeLessThanOrEqual(65_536);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 65_536 }), text, (raw, detail) => {
        const letter = toDeadLetter(queue, { raw }, { code, detail, members: {} }, at);
        expect(base64Length(letter)).toBeLessThanOrEqual(65_536);
        const kept = Buffer.from(String(letter.raw), 'base64');
        expect(kept.equals(Buffer.from(raw).subarray(0, kept.length))).toBe(true);
        if (letter.cut === undefined) expect(kept.length).toBe(raw.length);
      }),
    );
  });

  it('keeps its message whole, however many errors it has: it can be redriven', () => {
    const error = { in: 'body', pointer: '/members/1000', keyword: 'name', detail: 'not-found' };
    const members = Array.from({ length: 1_000 }, (_, n) => ({ type: 'user', upn: `p${n}@a.co` }));
    const problem = {
      code: 'members-refused',
      detail: '',
      members: { errors: members.map(() => error) },
    } as const;
    const cut = { name: 'members', shorten: ({ members: _members, ...letter }: DeadLetter) => letter };
    const letter = toDeadLetter(queue, { message: { members }, cuts: [cut] }, problem, at);
    expect(letter).toMatchObject({ members, error: { errors: expect.arrayContaining([error]) } });
    expect(letter.cut).toBeUndefined();
    expect(base64Length(letter)).toBeLessThanOrEqual(65_536);
  });

  it('is whole if it fits', () => {
    const message = {
      connectionId: 'contosohr',
      group: { id: 'a' },
      operationId: 'f'.repeat(32),
      attempts: 3,
    };
    const error = { code: 'gave-up', detail: 'd' } as const;
    const letter = toDeadLetter(queue, { message, cuts }, { ...error, members: {} }, at);
    expect(letter).toEqual({ ...message, queue, error, deadLetteredDateTime: at });
  });

  it('gives Graph’s group up before the requested one', () => {
    const large = { id: 'a', description: 'x'.repeat(30_000) };
    const members = { existing: large, requested: large, hint: 'h' };
    const message = { connectionId: 'c', group: large };
    const letter = toDeadLetter(
      queue,
      { message, cuts },
      { code: 'group-conflict', detail: 'd', members },
      at,
    );
    expect(letter).toMatchObject({ group: large, cut: 'existing' });
    expect(Object.keys(letter.error)).toEqual(['code', 'detail', 'existing']);
    expect(JSON.stringify(letter.error.existing).length).toBeLessThan(5_000);
  });

  it('keeps as many bytes as fit and says so', () => {
    const raw = Buffer.alloc(48 * 1024, 'x');
    const letter = toDeadLetter(queue, { raw }, { code: 'malformed-json', detail: 'd', members: {} }, at);
    expect(letter.cut).toBe('raw');
    const kept = Buffer.from(String(letter.raw), 'base64').length;
    expect(kept).toBeGreaterThan(35 * 1024);
    expect(base64Length(letter)).toBeGreaterThan(65_000);
  });

  it('cuts its words by what they take as JSON, between characters', () => {
    expect(cutText('abc', 5)).toBe('abc');
    for (const words of ['\u0000'.repeat(5_000), '😀'.repeat(5_000), '"'.repeat(5_000), 'x'.repeat(5_000)]) {
      const cut = cutText(words, 1_000);
      const size = Buffer.byteLength(JSON.stringify(cut));
      expect(size).toBeLessThanOrEqual(1_000);
      expect(size).toBeGreaterThan(980);
      expect(cut.isWellFormed()).toBe(true);
    }
  });
});
