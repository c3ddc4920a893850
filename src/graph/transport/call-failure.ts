import { GraphClientError } from '@microsoft/microsoft-graph-client';

/** How far a call came before it failed: only what was `sent` may have had an effect. */
export type FailedStep = 'deadline' | 'token' | 'connect' | 'sent';

/**
 * The one error class that the Graph client passes on unchanged; every other loses its cause on the way
 * (microsoft-graph-client 3.0.7, GraphRequest.send).
 */
export class CallFailure extends GraphClientError {
  readonly step: FailedStep;
  override readonly cause: unknown;

  constructor(step: FailedStep, cause: unknown) {
    super(`the call of Graph failed (${step})`);
    Object.setPrototypeOf(this, CallFailure.prototype);
    this.step = step;
    this.cause = cause;
  }
}
