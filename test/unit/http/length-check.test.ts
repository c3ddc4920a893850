import { describe, expect, it } from 'vitest';
import { createLengthCheck } from '../../../src/http/read-body.ts';
import { createCaller } from './groups/caller.ts';

const chunked = { 'transfer-encoding': 'chunked' };

describe('a body without a length', () => {
  it('is refused with what its sender can do, and the name of the setting', () => {
    const requireLength = createLengthCheck({ httpStreaming: false });
    expect(() => requireLength(new Headers(chunked))).toThrow(
      expect.objectContaining({
        code: 'length-required',
        safeDetail: expect.stringMatching(
          /HTTP_STREAMING.*PostAsJsonAsync.*LoadIntoBufferAsync.*StringContent/,
        ),
      }),
    );
    expect(() => requireLength(new Headers({ 'content-length': '2' }))).not.toThrow();
    expect(() => requireLength(new Headers())).not.toThrow();
  });

  it('is taken where requests come as streams', () => {
    expect(() => createLengthCheck({ httpStreaming: true })(new Headers(chunked))).not.toThrow();
  });

  it('is refused on every route that takes a body, and only there', async () => {
    const { putGroup, putMembers, patchMembers, postChange, deleteGroup, getGroup } = createCaller();
    const more = { headers: chunked };
    for (const change of [putGroup, putMembers, patchMembers, postChange])
      expect(await change({}, more)).toMatchObject({
        status: 411,
        body: { type: 'urn:problem-type:length-required' },
      });
    for (const other of [deleteGroup, getGroup]) expect((await other(more)).status).toBe(200);
  });
});
