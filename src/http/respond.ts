import type { CreationResult } from '../creations/create-now.ts';
import { type Operation, operationPath, secondsUntilNews } from '../creations/operations/operation.ts';
import { problemOfCreation } from '../creations/problem.ts';
import type { ExternalGroup } from '../groups/external-group.ts';
import type { Outcome } from '../groups/outcome.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import { problemDetails } from '../problems/problem.ts';
import type { HttpAnswer } from './request.ts';

/** Seconds until a retry makes sense if nothing more specific is known. */
const tryAgainAfter = 10;

/** The response to an outcome; throws if the outcome is a problem. */
export function answerCreation(
  result: CreationResult,
  requested: ExternalGroup,
  options: { readonly location: string; readonly preferenceApplied: boolean; readonly now: number },
): HttpAnswer {
  if (result.kind === 'accepted') {
    return json(202, result.operation, {
      location: operationPath(result.operation.id),
      'retry-after': String(secondsUntilNews(result.operation, options.now)),
      ...(options.preferenceApplied ? { 'preference-applied': 'respond-async' } : {}),
    });
  }
  const { outcome } = result;
  if (outcome.kind === 'created') return json(201, outcome.group, { location: options.location });
  if (outcome.kind === 'unchanged') return json(200, outcome.group, {});
  throw toError(outcome, requested);
}

function toError(outcome: Outcome, requested: ExternalGroup): AdapterError {
  const problem = problemOfCreation(outcome, requested);
  return problem === null
    ? new AdapterError('internal-error', 'An unexpected error.', { message: `no answer for ${outcome.kind}` })
    : new AdapterError(problem.code, problem.detail, { members: problem.members });
}

export function answerOperation(operation: Operation, isFinal: boolean, now: number): HttpAnswer {
  return json(200, operation, isFinal ? {} : { 'retry-after': String(secondsUntilNews(operation, now)) });
}

/** Any error as problem details; an unexpected error reveals nothing about itself. */
export function answerError(thrown: unknown, instance: string): HttpAnswer {
  const error =
    thrown instanceof AdapterError
      ? thrown
      : new AdapterError(
          'internal-error',
          'An unexpected error. The log has the details, under the request id.',
        );
  const problem = problemDetails(error.code, error.safeDetail, instance, error.members);
  const seconds = Math.max(1, Math.ceil(error.retryAfter ?? tryAgainAfter));
  const headers = problem.status === 503 ? { 'retry-after': String(seconds) } : {};
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(problem),
  };
}

export function json(status: number, content: object, headers: Readonly<Record<string, string>>): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(content),
  };
}
