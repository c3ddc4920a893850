import { byKind, count, createFaultFinder, flag, object, status, text } from '../../stack/find-faults.ts';
import { type FaultRule, lateAnswers } from './faults.ts';
import { graphOperations } from './graph-operation.ts';
import { maxDelayOfWrite } from './late-writes.ts';

const delayOfWrite = {
  type: 'integer',
  minimum: 0,
  maximum: maxDelayOfWrite,
  description: `a whole number from 0 to ${maxDelayOfWrite}`,
};

const match = object({
  method: text,
  operation: { enum: graphOperations },
  connectionId: text,
  groupId: text,
  memberId: text,
  path: text,
});

const fault = byKind(
  {
    throttle: { retryAfter: text },
    status: {
      status,
      body: { enum: ['odata', 'html', 'empty', 'broken-json', 'text'] },
      code: text,
      innerCode: text,
      message: text,
      innerError: { enum: ['innerError', 'innererror', 'nested', 'none'] },
      headers: { type: 'object', additionalProperties: text, description: 'an object of strings' },
      required: ['status'],
    },
    hang: {},
    slow: { ms: count, required: ['ms'] },
    reset: {},
    redirect: { location: text, status, required: ['location'] },
    'gzip-bomb': { megabytes: count },
    truncate: {},
    late: { ms: delayOfWrite, answer: { enum: lateAnswers }, required: ['ms'] },
  },
  { commit: flag },
);

const probability = { type: 'number', minimum: 0, maximum: 1, description: 'a number from 0 to 1' };
const findRuleFaults = createFaultFinder(object({ match, times: count, probability, fault }, ['fault']));

/** Rules from untrusted JSON (one rule or a list), or one sentence that says what is wrong with them. */
export function readFaultRules(value: unknown): readonly FaultRule[] | string {
  const rules: unknown[] = Array.isArray(value) ? value : [value];
  const faults = rules.flatMap((rule, index) => findRuleFaults(rule, `rule ${index + 1}`));
  return faults.length > 0 ? `${faults.join('; ')}.` : (rules as FaultRule[]);
}
