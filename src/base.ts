import type { Operations } from './creations/operations/operations.ts';
import type { Graph } from './graph/graph.ts';
import type { CanonicalId } from './groups/connection-id.ts';
import type { Callers } from './http/admit.ts';
import type { Environment, Settings } from './settings/settings.ts';
import type { Runtime } from './shared/runtime.ts';
import type { CredentialFor } from './storage/credential.ts';
import type { Send } from './storage/queues.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** What a start builds, and all rooms share. */
export interface Base {
  readonly settings: Settings;
  readonly environment: Environment;
  /** Null: the host does not say. */
  readonly hostVersion: string | null;
  readonly runtime: Runtime;
  readonly telemetry: Telemetry;
  readonly graph: Graph;
  readonly credentialFor: CredentialFor;
  readonly send: Send;
  readonly operations: Operations;
  readonly callers: Callers;
  readonly canonicalId: CanonicalId;
  /** The URL of a group in Graph. */
  readonly locate: (connectionId: string, groupId: string) => string;
}
