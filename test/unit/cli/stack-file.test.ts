import { describe, expect, it } from 'vitest';
import { distrust } from '../../../cli/where/stack-file.ts';

describe('the file of the local stack', () => {
  it.each([
    [{ uid: 1000, mode: 0o100600 }, 1000, null],
    [{ uid: 1000, mode: 0o100644 }, 1000, null],
    [{ uid: 1000, mode: 0o100620 }, 1000, 'other users may write to it'],
    [{ uid: 1000, mode: 0o100602 }, 1000, 'other users may write to it'],
    [{ uid: 1001, mode: 0o100600 }, 1000, 'it belongs to another user'],
    [{ uid: 1001, mode: 0o100600 }, 0, 'it belongs to another user'],
    [{ uid: 0, mode: 0o100666 }, null, null],
  ])('with %j is trusted by user %s or not: %s', (stats, userId, objection) => {
    expect(distrust(stats, userId)).toBe(objection);
  });
});
