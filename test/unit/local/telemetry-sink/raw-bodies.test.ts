import { expect, test } from 'vitest';
import { createRawBodies } from '../../../../local/stand-ins/telemetry/raw-bodies.ts';

test('keeps the newest bodies within its bytes, and always the newest one', () => {
  const bodies = createRawBodies(10);
  const push = (text: string) => bodies.push({ at: 0, path: '/', body: Buffer.from(text) });
  for (const text of ['aaaa', 'bbbb', 'cccc']) push(text);
  expect(bodies.all().map(({ body }) => body.toString())).toEqual(['bbbb', 'cccc']);
  expect(bodies.search('aaaa')).toEqual([]);
  push('d'.repeat(50));
  expect(bodies.all()).toHaveLength(1);
});
