import { expect, it } from 'vitest';
import { createCanonicalId } from '../../../src/groups/connection-id.ts';
import { createValidation } from '../../../src/groups/validation.ts';
import { admit } from '../../../src/http/admit.ts';
import { createCreateGroupEndpoint } from '../../../src/http/create-group.ts';
import { createLengthCheck } from '../../../src/http/read-body.ts';
import { createSignatures } from '../../../src/http/verify-signature.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const request = (body: string, type: string, connectionId = 'contosohr') => ({
  method: 'POST',
  url: 'http://localhost/api/x',
  headers: new Headers({ 'content-type': type }),
  params: { connectionId },
  body: new Blob([body]).stream(),
});

it('checks length, size, signature, media type, JSON, schema and connection, each before the next', async () => {
  const callers = (isSigned: boolean) => ({
    requireLength: createLengthCheck({ httpStreaming: false }),
    signatures: createSignatures(isSigned ? [{ connectionId: null, secret }] : []),
    canonicalId: createCanonicalId(['contosohr']),
  });
  const codeOf = async (
    body: string,
    type: string,
    isSigned = false,
    connectionId = 'contosohr',
    isChunked = false,
  ) => {
    const given = request(body, type, connectionId);
    if (isChunked) given.headers.set('transfer-encoding', 'chunked');
    const admitted = admit(given, callers(isSigned), {
      longest: 10,
      checkSignature: ({ verify }, bytes) => verify(bytes, given.headers, () => connectionId),
      read: (value, faults) => {
        if (value !== 1) faults.add([{ in: 'body', pointer: '', keyword: 'const', detail: 'must be 1' }]);
        return { connectionId };
      },
    });
    return admitted.then(
      () => 'admitted',
      (thrown: { readonly code: string }) => thrown.code,
    );
  };
  expect([
    await codeOf('{'.repeat(11), 'text/plain', true, 'other', true),
    await codeOf('{'.repeat(11), 'text/plain', true, 'other'),
    await codeOf('{', 'text/plain', true, 'other'),
    await codeOf('{', 'text/plain', false, 'other'),
    await codeOf('{', 'application/json', false, 'other'),
    await codeOf('2', 'application/json', false, 'other'),
    await codeOf('1', 'application/json', false, 'other'),
    await codeOf('1', 'application/json'),
  ]).toEqual([
    'length-required',
    'payload-too-large',
    'signature-invalid',
    'unsupported-media-type',
    'malformed-json',
    'validation-failed',
    'connection-not-allowed',
    'admitted',
  ]);
});

it('names a hundred errors of a creation, as of any other request', async () => {
  const createGroup = createCreateGroupEndpoint({
    callers: {
      requireLength: () => undefined,
      signatures: createSignatures([]),
      canonicalId: createCanonicalId(null),
    },
    validate: createValidation('alphanumeric'),
    createNow: () => Promise.reject(new Error('not asked')),
    locate: () => '',
    now: Date.now,
  });
  const unknown = Object.fromEntries(Array.from({ length: 150 }, (_, number) => [`x${number}`, 1]));
  const invocation = { invocationId: 'invocation', traceContext: undefined, log: () => undefined };
  const answer = await createGroup(request(JSON.stringify(unknown), 'application/json', 'Teams'), invocation);
  const { errors, detail } = JSON.parse(answer.body);
  expect(answer.status).toBe(400);
  expect(errors).toHaveLength(100);
  expect(errors[0]).toMatchObject({ in: 'path', pointer: '/connectionId' });
  expect(detail).toBe('At least 100 errors: the first are listed in "errors".');
});
