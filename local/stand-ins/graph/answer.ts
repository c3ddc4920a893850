import type { ODataError } from './odata-error.ts';

/** The stand-in's response to a request, before any fault is applied. */
export interface Answer {
  readonly status: number;
  readonly body?: object | undefined;
  readonly error?: ODataError | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The request changed what the stand-in holds. */
  readonly committed?: true | undefined;
}

/** An error response in Graph's format. */
export function refusal(status: number, code: string, message: string, innerCode?: string): Answer {
  return { status, error: { code, message, innerCode } };
}
