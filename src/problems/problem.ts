import type { GraphStatus } from '../groups/graph-answer.ts';
import { type ProblemCode, problemCatalogue } from './catalogue.ts';

/** What is wrong, for the person who caused it or must correct it, before it has an instance. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Further members of the problem document, or of the dead letter. */
  readonly members: { readonly graph?: GraphStatus; readonly [member: string]: unknown };
}

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problemCatalogue, text);
}

/** RFC 9457 problem details, with the members that a code adds. */
export interface ProblemDetails {
  readonly type: `urn:problem-type:${ProblemCode}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly [member: string]: unknown;
}

/** The problem document of `code`: `detail` and `members` must be fit for a caller's eyes. */
export function problemDetails(
  code: ProblemCode,
  detail: string,
  instance: string,
  members: Readonly<Record<string, unknown>> = {},
): ProblemDetails {
  const { status, title } = problemCatalogue[code];
  const standard = { type: `urn:problem-type:${code}`, title, status, detail, instance } as const;
  // Listed twice: first for the order in which a person reads them, last so that no member can replace them.
  return { ...standard, ...members, ...standard };
}
