import { problemOfAnswer } from '../../problems/answer-problem.ts';
import {
  type Answer,
  type Answered,
  isThrottledWithoutWait,
  notServed,
  servedPerThrottle,
} from './answered.ts';
import type { Head } from './head.ts';

export interface RetryPolicy {
  /** Storage time, milliseconds. */
  readonly now: number;
  /** Milliseconds without progress after which the group is given up. */
  readonly giveUpAfter: number;
  /** Milliseconds until the next round after one that failed; `attempts`: rounds without progress. */
  readonly waitAfter: (answer: Answer, attempts: number) => number;
}

const progressKinds: readonly Answer['kind'][] = ['ok', 'exists', 'refused', 'absent'];

/** Whether there is a next round, and when it may begin. */
export function afterRound(head: Head, answered: readonly Answered[], retry: RetryPolicy): Partial<Head> {
  const { now, giveUpAfter, waitAfter } = retry;
  const served = answered.filter(({ answer }) => progressKinds.includes(answer.kind)).length;
  const isProgress = served > 0;
  const notTaken = answered.filter(({ answer }) => notServed.includes(answer.kind));
  const isIncidental =
    notTaken.every(({ answer }) => isThrottledWithoutWait(answer)) &&
    served >= servedPerThrottle * notTaken.length;
  const failing = isIncidental ? [] : notTaken;
  const decisive =
    failing.find(({ answer }) => 'retryAfter' in answer && answer.retryAfter !== null) ?? failing[0];
  if (decisive === undefined) {
    const cleared = isProgress ? { attempts: 0, failingSince: 0 } : {};
    return { ...cleared, notBefore: 0, ...(head.failed ? {} : { error: null }) };
  }
  const attempts = isProgress ? 1 : head.attempts + 1;
  const failingSince = isProgress ? now : head.failingSince || now;
  const error = problemOfAnswer(decisive.answer, decisive.call.write);
  if (now - failingSince >= giveUpAfter) {
    const code = decisive.answer.kind === 'denied' ? error.code : 'gave-up';
    return { attempts, failingSince, failed: true, error: { ...error, code }, notBefore: 0 };
  }
  return { attempts, failingSince, error, notBefore: now + waitAfter(decisive.answer, attempts) };
}
