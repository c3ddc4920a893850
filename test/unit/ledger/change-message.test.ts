import { describe, expect, it } from 'vitest';
import { createCanonicalId } from '../../../src/groups/connection-id.ts';
import { createReadChangeMessage } from '../../../src/ledger/change-message.ts';

const read = createReadChangeMessage({
  idCharacters: 'alphanumeric',
  canonicalId: createCanonicalId(['contosohr']),
});
const about = { connectionId: 'contosohr', groupId: 'night' };
const ann = { type: 'user', id: 'ABCDEF00-0000-4000-8000-000000000001' };
const bob = { type: 'user', id: '00000000-0000-4000-8000-000000000002' };

describe('a message on the queue of changes', () => {
  it.each([
    [{ group: { displayName: 'Night' } }, { kind: 'put-group', displayName: 'Night', description: null }],
    [{ group: {} }, { kind: 'put-group', displayName: null, description: null }],
    [{ delete: true }, { kind: 'delete-group' }],
    [
      { members: [], removals: 12 },
      { kind: 'put-members', members: [], removals: 12 },
    ],
    [{ members: [ann, { ...ann, id: ann.id.toLowerCase() }] }, { kind: 'put-members', members: [ann] }],
    [{ add: [ann] }, { kind: 'patch-members', add: [ann], remove: [] }],
    [
      { add: [ann], remove: [bob] },
      { kind: 'patch-members', add: [ann], remove: [bob] },
    ],
  ])('%j with a sequence', (content, change) => {
    expect(read({ ...about, sequence: 7, ...content })).toMatchObject({
      kind: 'readable',
      content: { kind: 'change', change: { ...about, sequence: 7, ...change } },
      refused: null,
    });
  });

  it('may be the data of an event, whose order and trace count', () => {
    const event = { specversion: '1.0', id: '1', source: '/hr', type: 'changed' };
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    const message = { ...about, add: [ann] };
    const time = '2026-11-25T12:00:00Z';
    expect(read({ ...event, ...trace, time, data: message })).toMatchObject({
      kind: 'readable',
      content: {
        change: { ...about, kind: 'patch-members', sequence: Date.parse(time), add: [ann] },
        message: { ...message, sequence: Date.parse(time) },
      },
      envelope: trace,
      refused: null,
    });
    expect(read({ ...event, sequence: 4, time, data: message })).toMatchObject({
      content: { change: { sequence: 4 } },
    });
    expect(read({ ...event, time, data: { ...message, sequence: 3 } })).toMatchObject({
      content: { change: { sequence: 3 } },
    });
  });

  it.each([
    ['without an order', { data: { ...about, add: [ann] } }, '/data/sequence is required'],
    ['of another version', { specversion: '2.0', data: { ...about, retry: true } }, '/specversion must be'],
    [
      'with a trial, which a queue cannot answer',
      { data: { ...about, retry: true, dryRun: true } },
      '/data/dryRun',
    ],
    ['without data', {}, '/data is required'],
  ])('as an event %s is refused', (_what, attributes, words) => {
    const event = { specversion: '1.0', id: '1', source: '/hr', type: 'changed', ...attributes };
    expect(read(event)).toMatchObject({
      kind: 'unreadable',
      problem: { code: 'validation-failed', detail: expect.stringContaining(words) },
    });
  });

  it.each(['retry', 'reassert'] as const)('%s without one', (kind) => {
    expect(read({ ...about, [kind]: true })).toMatchObject({
      kind: 'readable',
      content: { kind: 'change', change: { ...about, kind } },
      refused: null,
    });
  });

  it('mends a sequence, without one', () => {
    expect(read({ ...about, resequence: 1_000 })).toMatchObject({
      kind: 'readable',
      content: { kind: 'change', change: { ...about, kind: 'resequence', resequence: 1_000 } },
      refused: null,
    });
    for (const wrong of [-1, 1.5, 2 ** 53, '7', true])
      expect(read({ ...about, resequence: wrong })).toMatchObject({ kind: 'unreadable' });
  });

  it('is a look', () => {
    const look = { ...about, look: 3, putOff: 1 };
    expect(read(look)).toMatchObject({ content: { kind: 'look', look, message: look }, refused: null });
  });

  it('is about the connection in the spelling of the list, and is kept as it came', () => {
    const message = { ...about, connectionId: 'ContosoHR', sequence: 1, delete: true };
    expect(read(message)).toMatchObject({
      content: { message, change: { connectionId: 'contosohr' } },
      subject: { connectionId: 'contosohr' },
      refused: null,
    });
    expect(read({ ...about, connectionId: 'ContosoHR', look: 2 })).toMatchObject({
      content: { look: { connectionId: 'contosohr', look: 2 } },
      refused: null,
    });
  });

  it('keeps what it says apart from its envelope', () => {
    const message = { ...about, sequence: 7, delete: true };
    const envelope = { version: 1, attempts: 2, traceparent: 'x' };
    expect(read({ ...message, ...envelope })).toMatchObject({ content: { message }, envelope });
  });

  const sequence = 1;
  it.each([
    ['nothing', {}, 'must have exactly one of'],
    ['two things', { sequence, delete: true, group: {} }, 'must have exactly one of'],
    ['a list and a change of it', { sequence, members: [], add: [] }, 'must have exactly one of'],
    ['a look and a change', { sequence, look: 1, add: [] }, 'must have exactly one of'],
    ['a change without a sequence', { group: {} }, '/sequence is required'],
    ['a removal without a sequence', { remove: [ann] }, '/sequence is required'],
    ['a negative sequence', { sequence: -1, group: {} }, '/sequence must be >= 0'],
    ['a fractional sequence', { sequence: 1.5, group: {} }, '/sequence must be integer'],
    ['a sequence of 2^53', { sequence: 2 ** 53, group: {} }, '/sequence must be <='],
    ['removals of no list', { sequence, add: [ann], removals: 1 }, '/members is required'],
    ['delete: false', { sequence, delete: false }, '/delete must be equal to constant'],
    ['look 0', { look: 0 }, '/look must be >= 1'],
    ['another member', { sequence, delete: true, x: 1 }, '/x is not an allowed property'],
    ['an id in the group', { sequence, group: { id: 'night' } }, '/group/id is not an allowed property'],
    [
      'a member by mail',
      { sequence, add: [{ type: 'user', id: 'ann@contoso.com' }] },
      '/add/0/id must be a GUID',
    ],
    [
      'one member in both',
      { sequence, add: [ann], remove: [ann] },
      '/remove/0 must not be both added and removed',
    ],
    ['itself', { sequence, members: [{ type: 'externalGroup', id: 'NIGHT' }] }, '/members/0/id must not be'],
  ])('with %s is refused', (_what, content, words) => {
    const result = read({ ...about, ...content });
    expect(result).toMatchObject({
      kind: 'unreadable',
      problem: { code: 'validation-failed', detail: expect.stringContaining(words) },
    });
    expect(JSON.stringify(result)).not.toContain('contoso.com');
  });

  it.each([
    null,
    1,
    'x',
    [],
    [{ specversion: '1.0', id: '1', source: '/hr', type: 'changed', data: { ...about, retry: true } }],
    {},
    { connectionId: 'contosohr', retry: true },
    { ...about, groupId: 'a/b', retry: true },
  ])('%j is refused', (value) => {
    expect(read(value)).toMatchObject({ kind: 'unreadable', problem: { code: 'validation-failed' } });
  });

  it('names what is wrong with members beside all else', () => {
    const result = read({ ...about, sequence: -1, members: [ann, { type: 'user', id: 'x' }] });
    for (const words of ['/sequence must be >= 0', '/members/1/id must be a GUID'])
      expect(result).toMatchObject({ problem: { detail: expect.stringContaining(words) } });
  });

  it('names the first of thousands of errors', () => {
    const result = read({ ...about, sequence, members: Array(20_000).fill(1) });
    expect(result).toMatchObject({ problem: { detail: expect.stringContaining('; and 90 more.') } });
  });

  it('may have a group of 32 KiB, as a request may', () => {
    const group = (length: number) => ({ ...about, sequence, group: { description: 'x'.repeat(length) } });
    expect(read(group(32_000))).toMatchObject({ refused: null });
    expect(read(group(33_000))).toMatchObject({ refused: { code: 'payload-too-large' } });
  });

  it.each([
    ['of another connection', { ...about, connectionId: 'other', retry: true }, 'connection-not-allowed'],
    [
      'of a group with characters of another setting',
      { ...about, groupId: 'a-b', retry: true },
      'validation-failed',
    ],
  ])('%s can be read and is refused', (_what, message, code) => {
    expect(read(message)).toMatchObject({ kind: 'readable', content: { message }, refused: { code } });
  });
});
