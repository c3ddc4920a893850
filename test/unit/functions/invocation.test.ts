import { InvocationContext } from '@azure/functions';
import { expect, it } from 'vitest';
import { toInvocation, toTriggerMetadata } from '../../../functions/invocation.ts';
import { parseJson } from '../../../src/http/parse-json.ts';
import { describeError } from '../../../src/problems/adapter-error.ts';

it('a log line holds no control characters', () => {
  const lines: unknown[] = [];
  const context = new InvocationContext({ logHandler: (_level, ...text) => void lines.push(...text) });
  toInvocation(context).log('warn', 'a\u001b[2J\u0085\u2028\u202e\nb');
  expect(lines).toEqual(['a\\u001b[2J\\u0085\\u2028\\u202e\\u000ab']);
});

it('the name of a caller’s property is told to the caller, not to the log', () => {
  try {
    parseJson(Buffer.from('{"group-of-Jane-Doe":1,"group-of-Jane-Doe":2}'));
    expect.unreachable();
  } catch (thrown) {
    expect(thrown).toMatchObject({ safeDetail: expect.stringContaining('Jane') });
    expect(describeError(thrown)).toBe('The body has a name twice in one object.');
  }
});

it('a queue message is named by what its trigger says', () => {
  const triggerMetadata = { id: 'm', insertionTime: '2026-01-01T00:00:00Z', dequeueCount: 1 };
  expect(toTriggerMetadata(new InvocationContext({ triggerMetadata }))).toMatchObject({
    messageId: 'm',
    insertedOn: '2026-01-01T00:00:00Z',
  });
});
