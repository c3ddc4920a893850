import fc from 'fast-check';
import { expect, it } from 'vitest';
import { objectIdOfSid } from '../../../src/names/sid.ts';

it('an Entra SID is an object id in another form', () => {
  expect(objectIdOfSid('S-1-12-1-464174966-1127616274-1724460434-658509210')).toBe(
    '1baabf76-0f12-4336-922d-c9669a0d4027',
  );
  expect(objectIdOfSid('s-1-12-1-464174966-1127616274-1724460434-658509210')).toBe(
    '1baabf76-0f12-4336-922d-c9669a0d4027',
  );
});

it('every object id has an Entra SID that gives it back', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
      bytes.subarray(0, 4).reverse();
      bytes.subarray(4, 6).reverse();
      bytes.subarray(6, 8).reverse();
      const parts = [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at));
      expect(objectIdOfSid(`S-1-12-1-${parts.join('-')}`)).toBe(id);
    }),
  );
});

it.each([
  'S-1-5-21-1004336348-1177238915-682003330-1001',
  'S-1-12-1-464174966-1127616274-1724460434',
  'S-1-12-1-464174966-1127616274-1724460434-4294967296',
  'S-1-12-1-464174966-1127616274-1724460434-658509210-1',
])('%s is the SID of something else', (sid) => {
  expect(objectIdOfSid(sid)).toBeNull();
});
