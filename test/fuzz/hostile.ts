import { connect } from 'node:net';
import type { Judge } from './judge.ts';
import { example } from './payloads.ts';
import { type Heard, speak } from './wire.ts';

interface HostileCase {
  readonly name: string;
  readonly run: () => Promise<Heard>;
  /** The required status; absent: the judge decides. */
  readonly expect?: readonly (number | 'closed')[];
}

/** Input that no well-formed request can express: broken framing, slow bodies, callers who disconnect. */
export async function tryHostileCallers(port: number, key: string, judge: Judge): Promise<string[]> {
  const json = JSON.stringify(example);
  const post = (more: readonly string[], path = '/api/connections/contosohr/groups') =>
    `${[`POST ${path} HTTP/1.1`, 'host: x', `x-functions-key: ${key}`, 'content-type: application/json', 'connection: close', ...more].join('\r\n')}\r\n\r\n`;
  const say = (...pieces: string[]) => speak(port, pieces);
  const cases: HostileCase[] = [
    { name: 'no HTTP at all', run: () => say('\x16\x03\x01\x02\x00garbage\r\n\r\n'), expect: [400] },
    { name: 'a method of its own', run: () => say(`HACK / HTTP/1.1\r\nhost: x\r\n\r\n`), expect: [400] },
    {
      name: 'two lengths',
      run: () => say(post(['content-length: 2', 'content-length: 3']), '{}'),
      expect: [400],
    },
    {
      name: 'a length and chunks (request smuggling)',
      run: () =>
        say(post(['content-length: 4', 'transfer-encoding: chunked']), '0\r\n\r\nGET / HTTP/1.1\r\n\r\n'),
      // The host counts the chunks alone and closes the connection; the app refuses a body without a length.
      expect: [411],
    },
    { name: 'a negative length', run: () => say(post(['content-length: -1'])), expect: [400] },
    {
      name: 'a chunk of no size',
      run: () => say(post(['transfer-encoding: chunked']), 'zz\r\n'),
      expect: [400, 411],
    },
    { name: 'a line folded', run: () => say(post(['x-a: b', ' c']), json) },
    { name: 'a NUL in a header', run: () => say(post(['x-a: b\0c'])), expect: [400] },
    {
      name: 'headers of 20 KiB, a control character among them',
      run: () => say(post([`x-a: ${'a'.repeat(20_000)}\x01`, `content-length: ${json.length}`]), json),
      expect: [200, 201],
    },
    { name: 'headers of 40 KiB', run: () => say(post([`x-a: ${'a'.repeat(40_000)}`])), expect: [431] },
    {
      name: '3,000 headers',
      run: () => say(post(Array.from({ length: 3_000 }, (_, index) => `x-${index}: ${index}`))),
      expect: [431],
    },
    { name: 'a path of 20 KiB', run: () => say(post([], `/api/${'a'.repeat(20_000)}`)), expect: [414] },
    {
      name: 'a URL with a host of its own',
      run: () => say(post(['content-length: 0'], 'http://evil.example/api/health')),
    },
    {
      name: 'a host of letters that no URL takes',
      run: () => say(`GET /api/health HTTP/1.1\r\nhost: a b|c\r\nconnection: close\r\n\r\n`),
    },
    { name: 'no host', run: () => say('GET /api/health HTTP/1.1\r\n\r\n'), expect: [400] },
    {
      name: 'two keys',
      run: () => say(post([`x-functions-key: ${key}`, 'content-length: 0'])),
      expect: [401],
    },
    {
      name: 'a lying length, far too large',
      run: () => say(post(['content-length: 99999999999999999999'])),
      expect: [400, 413],
    },
    {
      name: 'a gigabyte announced',
      run: () => say(post(['content-length: 1073741824']), '{'),
      // Over the host's own limit.
      expect: [500],
    },
    { name: 'a body that never ends', run: () => say(post(['content-length: 100']), '{'), expect: [500] },
    {
      name: 'a body that trickles in chunks',
      run: () => trickle(port, post(['content-length: 100'])),
      expect: [500],
    },
    {
      name: 'an expectation',
      run: () => say(post(['expect: 100-continue', `content-length: ${json.length}`]), json),
      expect: [200, 201],
    },
    {
      name: 'a strange expectation',
      run: () => say(post(['expect: the-spanish-inquisition', 'content-length: 2']), '{}'),
    },
    {
      name: 'an upgrade',
      run: () => say(post(['upgrade: h2c', 'connection: upgrade', 'content-length: 2']), '{}'),
    },
    { name: 'leaving in the headers', run: () => leave(port, 'POST /api/conn'), expect: ['closed'] },
    {
      name: 'leaving in the body',
      run: () => leave(port, `${post(['content-length: 100'])}{"id"`),
      expect: ['closed'],
    },
    {
      name: 'leaving before the answer',
      run: () => leave(port, `${post([`content-length: ${json.length}`])}${json}`),
      expect: ['closed'],
    },
  ];
  const faults = await Promise.all(
    cases.map(async ({ name, run, expect }) => {
      const heard = await run();
      const came = typeof heard === 'string' ? heard : heard.status;
      if (expect !== undefined) {
        const wanted: readonly (number | string)[] = expect;
        return wanted.includes(came) ? [] : [`${name}: ${came} in place of ${expect.join(' or ')}`];
      }
      // The parser's own refusals have no body; any other response is judged as usual.
      const fault = came === 'closed' || came === 417 ? null : judge(heard);
      return fault === null ? [] : [`${name}: ${fault}`];
    }),
  );
  return faults.flat();
}

/** One byte a second, for longer than the host waits. */
function trickle(port: number, head: string): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.write(head);
    const timer = setInterval(() => socket.write(' '), 1_000);
    const stop = setTimeout(() => socket.destroy(), 20_000);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      clearTimeout(stop);
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
      resolve(Number.isNaN(status) ? 'closed' : { status, headers: new Map(), body: '' });
    });
  });
}

function leave(port: number, text: string): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => socket.destroy()));
    socket.once('close', () => resolve('closed')).on('error', () => undefined);
  });
}
