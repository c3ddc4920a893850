import type { GraphStatus } from '../groups/graph-answer.ts';
import type { ProblemCode } from './catalogue.ts';

/** What is wrong, for the person who caused it or must correct it, before it has an instance. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Further members of the problem document, or of the dead letter. */
  readonly members: { readonly graph?: GraphStatus; readonly [member: string]: unknown };
}
