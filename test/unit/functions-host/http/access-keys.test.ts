import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  createKeyReader,
  isGranted,
  parseFunctionKeys,
} from '../../../../packages/functions-host/src/http/access-keys.ts';

const read = createKeyReader({
  host: 'host-key',
  master: 'master-key',
  functions: { readMembers: ['reader', 'other-reader'], writeMembers: ['writer'] },
});
const withHeader = (key: string) => ({ headers: { 'x-functions-key': key } }) as unknown as IncomingMessage;
const without = { headers: {} } as unknown as IncomingMessage;
const url = (query = ''): URL => new URL(`http://localhost/api/members${query}`);

describe('a key', () => {
  it.each([
    ['master-key', 'readMembers', 'admin'],
    ['host-key', 'readMembers', 'function'],
    ['reader', 'readMembers', 'function'],
    ['other-reader', 'READMEMBERS', 'function'],
    ['reader', 'writeMembers', 'anonymous'],
    ['writer', 'readMembers', 'anonymous'],
    ['guess', 'readMembers', 'anonymous'],
    ['', 'readMembers', 'anonymous'],
  ])('%j grants %s: %s', (key, functionName, level) => {
    expect(read(withHeader(key), url(), functionName)).toBe(level);
    expect(read(without, url(`?code=${key}`), functionName)).toBe(level);
  });

  it('of a function grants nothing if no function is named', () => {
    expect(read(withHeader('reader'), url())).toBe('anonymous');
  });

  it('in the header hides the one in the query', () => {
    expect(read(withHeader('guess'), url('?code=master-key'), 'readMembers')).toBe('anonymous');
  });

  it('missing grants nothing', () => {
    expect(read(without, url(), 'readMembers')).toBe('anonymous');
  });
});

describe('what is granted', () => {
  it.each([
    ['anonymous', 'anonymous', true],
    ['anonymous', 'function', true],
    ['function', 'anonymous', false],
    ['function', 'function', true],
    ['function', 'admin', true],
    ['admin', 'function', false],
    ['admin', 'admin', true],
  ] as const)('%s opens with %s: %s', (required, granted, expected) => {
    expect(isGranted(required, granted)).toBe(expected);
  });
});

describe('keys of functions', () => {
  it('are read as function=key, several to one function', () => {
    expect(parseFunctionKeys(' a=1==, b=2 ,a=3,')).toEqual({ a: ['1==', '3'], b: ['2'] });
    expect(parseFunctionKeys('')).toEqual({});
  });

  it.each(['secret', 'a=', '=secret', 'a b=secret'])(
    'are not %j, and the error does not repeat it',
    (text) => {
      expect(() => parseFunctionKeys(text)).toThrow(
        /^FUNCTIONS_HOST_FUNCTION_KEYS must be "function=key", several separated by commas\.$/,
      );
    },
  );
});
