import { expect, test } from 'vitest';
import { cleanEnvironment } from '../../../local/stack/clean-environment.ts';

test('takes only what every program needs from the shell', () => {
  const shell = {
    PATH: '/bin',
    HOME: '/root',
    GRAPH_CLOUD: 'china',
    NODE_OPTIONS: '--inspect',
    HTTPS_PROXY: 'x',
  };
  expect(cleanEnvironment(shell)).toEqual({ PATH: '/bin', HOME: '/root' });
});

test('later layers win, and undefined deletes', () => {
  const layers = [{ A: '1', B: '1' }, { A: '2' }, { B: undefined, PATH: undefined }];
  expect(cleanEnvironment({ PATH: '/bin' }, ...layers)).toEqual({ A: '2' });
});
