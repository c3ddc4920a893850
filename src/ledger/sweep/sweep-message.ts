import { isConnectionId } from '../../groups/connection-id.ts';
import { decodeMessage, toBytes } from '../../queue/message-text.ts';
import { partitionDigits } from '../core/keys.ts';

/** The next step of a walk. It carries no state: the record of the walk says where it continues. */
export interface StepMessage {
  readonly sweep: string;
  readonly run: string;
  readonly step: number;
}

/** Where a walk over the groups of a connection continues. */
export interface Place {
  readonly connectionId: string;
  readonly partition: number;
  /** Row key of the last head that was visited; null: the beginning of the partition. */
  readonly after: string | null;
}

/** A verification of a connection is to begin here. Earlier releases sent their steps in this form as well. */
interface BeginMessage {
  readonly connectionId: string;
  readonly partition: number;
  readonly after?: string;
}

export type SweepMessage = StepMessage | BeginMessage;

/** Narrows a message on the queue of walks; null: it is not one of the adapter's own. */
export function readSweepMessage(payload: unknown): SweepMessage | null {
  // The host passes text on unchanged (`messageEncoding` is `none`): JSON, or base64 of it.
  const { json } = decodeMessage(toBytes(payload));
  const value = json.ok ? json.value : null;
  if (typeof value !== 'object' || value === null) return null;
  return 'sweep' in value ? readStep(value) : readBegin(value);
}

function readStep(value: Partial<Record<keyof StepMessage, unknown>>): StepMessage | null {
  const { sweep, run, step } = value;
  if (typeof sweep !== 'string' || typeof run !== 'string' || run === '') return null;
  // The name becomes a row key.
  if (!/^[a-z]{1,20}(?:\.[A-Za-z0-9]{1,32})?$/.test(sweep)) return null;
  return typeof step === 'number' && Number.isSafeInteger(step) ? { sweep, run, step } : null;
}

function readBegin(value: Partial<Record<keyof BeginMessage, unknown>>): BeginMessage | null {
  const { connectionId, partition, after } = value;
  if (typeof connectionId !== 'string' || !isConnectionId(connectionId)) return null;
  if (typeof partition !== 'number' || partitionDigits[partition] === undefined) return null;
  if (after === undefined) return { connectionId, partition };
  return typeof after === 'string' && /^g\.[a-z0-9_-]{1,128}$/.test(after)
    ? { connectionId, partition, after }
    : null;
}
