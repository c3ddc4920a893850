import type { GraphStatus } from '../groups/graph-answer.ts';
import type { ProblemCode } from './catalogue.ts';

/** What is wrong, worded for whoever caused it or has to mend it, before it has an instance. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** What the problem document, or the letter, has besides. */
  readonly members: { readonly graph?: GraphStatus; readonly [member: string]: unknown };
}
