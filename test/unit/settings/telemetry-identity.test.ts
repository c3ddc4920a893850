import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/settings/settings.ts';

const name = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';
const clientId = '3f0a4a52-6a0e-4e3c-8a5a-0c6f4f6b8b11';

describe(name, () => {
  it.each([
    ['', null],
    ['Authorization=AAD', { clientId: null }],
    ['authorization=aad;', { clientId: null }],
    [`Authorization=AAD;ClientId=${clientId}`, { clientId }],
    [`ClientId=${clientId};Authorization=AAD`, { clientId }],
  ])('"%s" is read as the host reads it', (text, identity) => {
    expect(readSettings({ [name]: text }).telemetryIdentity).toEqual(identity);
  });

  it.each(['AAD', 'Authorization=Key', `ClientId=${clientId}`, 'Authorization=AAD;ClientId=me'])(
    '"%s" stops the start',
    (text) => {
      expect(() => readSettings({ [name]: text })).toThrow(
        `${name} holds "${text}"; it may hold Authorization=AAD`,
      );
    },
  );
});
