import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { queueTriggerMetadata } from '../../../../packages/functions-host/src/queue/trigger-metadata.ts';

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

const message = {
  messageId: 'message-id',
  popReceipt: 'receipt',
  dequeueCount: 2,
  insertedOn: new Date('2026-11-25T13:00:00.000Z'),
  expiresOn: new Date('2026-12-02T13:00:00.000Z'),
  nextVisibleOn: new Date('2026-11-25T13:10:00.500Z'),
};
const own = {
  DequeueCount: { json: '2' },
  ExpirationTime: { json: '"2026-12-02T13:00:00+00:00"' },
  Id: { string: 'message-id' },
  InsertionTime: { json: '"2026-11-25T13:00:00+00:00"' },
  NextVisibleTime: { json: '"2026-11-25T13:10:00.500+00:00"' },
  PopReceipt: { string: 'receipt' },
};
const metadataOf = (payload: string) => queueTriggerMetadata(message, payload, 'string');

describe('the trigger metadata of a queue message', () => {
  it.each(['text', '17', '"text"', '[{"id":"x"}]', '{"half', '{"id":"x"} and more', ''])(
    'are its text %j and its own properties',
    (text) => {
      expect(metadataOf(text)).toEqual({ QueueTrigger: { string: text }, ...own });
    },
  );

  it('have no text if the bytes are not UTF-8', () => {
    expect(queueTriggerMetadata(message, undefined, 'binary')).toEqual(own);
  });

  it('of a run by hand have neither id nor receipt', () => {
    const { messageId: _id, popReceipt: _receipt, ...byHand } = message;
    const { Id: _, PopReceipt: __, ...expected } = own;
    expect(queueTriggerMetadata(byHand, 'x', 'string')).toEqual({
      QueueTrigger: { string: 'x' },
      ...expected,
    });
  });

  it('are overwritten by the top-level properties of a JSON object, whatever their case, and get the others', () => {
    const text = '{"ID":"mine","dequeueCount":99,"InsertionTime":"soon","other":{"a":[1]},"__proto__":"x"}';
    const found = metadataOf(text);
    expect(Object.entries(found)).toEqual(
      Object.entries({
        QueueTrigger: { string: text },
        ...own,
        Id: { string: 'mine' },
        DequeueCount: { string: '99' },
        InsertionTime: { string: 'soon' },
        other: { json: '{"a":[1]}' },
        ['__proto__']: { string: 'x' },
      }),
    );
  });

  it('do not look at the payload of a function that takes bytes', () => {
    const text = '{"id":"mine"}';
    expect(queueTriggerMetadata(message, text, 'binary')).toEqual({ QueueTrigger: { string: text }, ...own });
  });

  it.each([
    ['null', undefined],
    ['[1]', undefined],
    ['true', { string: 'True' }],
    ['false', { string: 'False' }],
    ['1.5', { string: '1.5' }],
    ['"0042"', { string: '0042' }],
    ['""', { string: '' }],
    ['{}', { json: '{}' }],
    ['"2026-13-45T99:00:00Z"', { string: '2026-13-45T99:00:00Z' }],
    ['"9999-12-31T23:59:59Z"', { string: '12/31/9999 23:59:59' }],
    ['"2026-01-02T03:04:05.678"', { string: '01/02/2026 03:04:05' }],
    ['"2026-01-02T03:04:05+02:00"', { string: '01/02/2026 01:04:05' }],
    ['"2026-01-02"', { string: '2026-01-02' }],
  ])('take a property of the value %s as %j', (value, expected) => {
    expect(metadataOf(`{"extra":${value}}`).extra).toEqual(expected);
  });

  it('take nothing from what is nested deeper than Newtonsoft.Json reads', () => {
    const nested = (depth: number): string => `{"id":"mine","a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(metadataOf(nested(63)).Id).toEqual({ string: 'mine' });
    expect(metadataOf(nested(64)).Id).toEqual(own.Id);
    expect(metadataOf(nested(3_000)).Id).toEqual(own.Id);
  });

  it('count no brackets in strings', () => {
    expect(metadataOf(`{"id":"mine","a":"${'[{\\"'.repeat(100)}"}`).Id).toEqual({ string: 'mine' });
  });
});
