import { AdapterError } from '../problems/adapter-error.ts';
import { systemClock } from '../shared/clock.ts';
import { inTurns } from '../shared/steps.ts';
import { readStrictJson, readStrictJsonInSteps, type StrictJson } from '../shared/strict-json.ts';

/** JSON from the bytes of a body, with turns for other requests in between. */
export function readJson(bytes: Buffer): Promise<StrictJson> {
  return inTurns(readStrictJsonInSteps(bytes), systemClock);
}

/** JSON from the bytes of a short body; throws `malformed-json` for anything that {@link readStrictJson} refuses. */
export function parseJson(bytes: Buffer): unknown {
  return parsed(readStrictJson(bytes));
}

/** The value; throws `malformed-json` if there is none. */
export function parsed(json: StrictJson): unknown {
  if (json.ok) return json.value;
  throw new AdapterError('malformed-json', `The body ${json.detail}.`, {
    message: `The body ${json.fault}.`,
  });
}
