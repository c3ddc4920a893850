import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDeadLetter } from '../../../src/work/dead-letter.ts';

const at = '2026-11-21T12:00:00.000Z';
const base64Length = (letter: object) => Buffer.from(JSON.stringify(letter)).toString('base64').length;
const text = fc.oneof(
  fc.string({ maxLength: 50_000 }),
  fc.constantFrom('ä'.repeat(16_000), 'x'.repeat(32_000)),
);
const group = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{1,128}$/),
  displayName: fc.constant('n'),
  description: text,
});

describe('a dead letter', () => {
  it('fits the queue, whatever it is about', () => {
    const error = { code: 'group-conflict', detail: 'd' } as const;
    fc.assert(
      fc.property(group, group, (requested, existing) => {
        const letter = toDeadLetter(
          { message: { connectionId: 'c', group: requested } },
          { ...error, existing },
          at,
        );
        expect(base64Length(letter)).toBeLessThanOrEqual(65_536);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 65_536 }), (raw) => {
        expect(base64Length(toDeadLetter({ raw }, error, at))).toBeLessThanOrEqual(65_536);
      }),
    );
  });

  it('is whole where it fits', () => {
    const message = {
      connectionId: 'contosohr',
      group: { id: 'a' },
      operationId: 'f'.repeat(32),
      attempts: 3,
    };
    const error = { code: 'gave-up', detail: 'd' } as const;
    expect(toDeadLetter({ message }, error, at)).toEqual({ ...message, error, deadLetteredDateTime: at });
  });

  it('gives Graph’s group up before the requested one', () => {
    const large = { id: 'a', description: 'x'.repeat(30_000) };
    const error = { code: 'group-conflict', detail: 'd', existing: large } as const;
    const letter = toDeadLetter({ message: { connectionId: 'c', group: large } }, error, at);
    expect(letter).toMatchObject({ group: large, cut: 'existing' });
    expect(letter.error.existing?.description).toHaveLength(1_001);
  });

  it('keeps the beginning of bytes that do not fit and says so', () => {
    const raw = Buffer.alloc(48 * 1024, 'x');
    const letter = toDeadLetter({ raw }, { code: 'malformed-json', detail: 'd' }, at);
    expect(letter.cut).toBe('raw');
    expect(Buffer.from(String(letter.raw), 'base64')).toHaveLength(32 * 1024);
  });
});
