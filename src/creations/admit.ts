import { burialOf, toBurial } from './burial.ts';
import type { Burial } from './bury.ts';
import type { ReadMessage } from './message.ts';
import { type Arrival, toWork, type Work } from './work.ts';

export interface AdmissionRules {
  readonly readMessage: ReadMessage;
  readonly isAllowed: (connectionId: string) => boolean;
  readonly now: () => number;
}

/** Bytes of a group's JSON: the bound of the HTTP door, so that the message fits again when it is postponed. */
export const longestGroup = 32 * 1024;

/** Decides whether a message is work, or the burial that it comes to within this one attempt. */
export function admit(
  payload: unknown,
  arrival: Arrival,
  rules: AdmissionRules,
): { work: Work } | { burial: Burial } {
  const read = rules.readMessage(payload);
  if (!read.ok)
    return { burial: burialOf(payload, { code: read.code, detail: read.detail }, arrival, rules.now) };
  const { message } = read;
  const work = toWork(message, arrival, rules.now);
  if (!rules.isAllowed(message.connectionId)) {
    const detail = 'EXTERNAL_CONNECTIONS does not list the connection.';
    return { burial: toBurial(work, { code: 'connection-not-allowed', detail }) };
  }
  if (Buffer.byteLength(JSON.stringify(message.group), 'utf8') > longestGroup)
    return { burial: toBurial(work, { code: 'payload-too-large', detail: 'The group is over 32 KiB.' }) };
  return { work };
}
