import {
  count,
  findFaults,
  findKindFaults,
  flag,
  type MemberCheck,
  type MemberChecks,
  oneOf,
  required,
  status,
  text,
} from '../../stack/check-members.ts';
import { isJsonObject } from '../../stack/json.ts';
import { type FaultRule, lateAnswers } from './faults.ts';
import { graphOperations } from './graph-operation.ts';
import { longestDelayOfWrite } from './late-writes.ts';

const headers: MemberCheck = {
  test: (value) => isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string'),
  wants: 'an object of strings',
};

const delayOfWrite: MemberCheck = {
  test: (value) => count.test(value) && Number(value) <= longestDelayOfWrite,
  wants: `a whole number from 0 to ${longestDelayOfWrite}`,
};

const match: MemberChecks = {
  method: text,
  operation: oneOf(graphOperations),
  connectionId: text,
  groupId: text,
  memberId: text,
  path: text,
};

const kinds: { readonly [kind: string]: MemberChecks } = {
  throttle: { retryAfter: text },
  status: {
    status: required(status),
    body: oneOf(['odata', 'html', 'empty', 'broken-json', 'text']),
    code: text,
    innerCode: text,
    message: text,
    innerError: oneOf(['innerError', 'innererror', 'nested', 'none']),
    headers,
  },
  hang: {},
  slow: { ms: required(count) },
  reset: {},
  redirect: { location: required(text), status },
  'gzip-bomb': { megabytes: count },
  truncate: {},
  late: { ms: required(delayOfWrite), answer: oneOf(lateAnswers) },
};

const rule: MemberChecks = {
  match: { test: isJsonObject, wants: 'a JSON object' },
  times: count,
  probability: {
    test: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    wants: 'a number from 0 to 1',
  },
  fault: required({ test: isJsonObject, wants: 'a JSON object' }),
};

/** Rules from untrusted JSON (one rule or a list), or one sentence that says what is wrong with them. */
export function readFaultRules(value: unknown): readonly FaultRule[] | string {
  const rules: unknown[] = Array.isArray(value) ? value : [value];
  const faults = rules.flatMap((entry, index) => {
    const name = `rule ${index + 1}`;
    const outer = findFaults(entry, rule, name);
    if (outer.length > 0 || !isJsonObject(entry)) return outer;
    return [
      ...findFaults(entry.match ?? {}, match, `${name}.match`),
      ...findKindFaults(entry.fault, kinds, { commit: flag }, `${name}.fault`),
    ];
  });
  return faults.length > 0 ? `${faults.join('; ')}.` : (rules as FaultRule[]);
}
