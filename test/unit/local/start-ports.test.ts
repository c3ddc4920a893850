import { expect, test } from 'vitest';
import { chosenPort } from '../../../local/stack/start-ports.ts';

test.each<[string | undefined, string | undefined, number]>([
  [undefined, undefined, 7071],
  [undefined, '', 7071],
  [undefined, '8080', 8080],
  ['9090', '8080', 9090],
])('--port %j and PORT %j choose %d', (option, variable, port) => {
  expect(chosenPort(option, variable)).toBe(port);
});

test.each(['0', '65536', '-1', '80a', '1e3', ' '])('%j is no port', (text) => {
  expect(() => chosenPort(undefined, text)).toThrow(/^PORT is ".*" but must be a port from 1 to 65535\.$/);
});
