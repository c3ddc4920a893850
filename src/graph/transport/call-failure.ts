import { GraphClientError } from '@microsoft/microsoft-graph-client';

/** How far a call got before it failed: only a `sent` one may have had an effect. */
export type FailedStep = 'deadline' | 'token' | 'connect' | 'sent';

/**
 * The one error class that the Graph client passes on unchanged; any other loses its cause
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
