import type { CreateNow } from '../creations/create-now.ts';
import type { ValidateCreation } from '../groups/validation.ts';
import { AdapterError } from '../problems/adapter-error.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { type Callers, requireAllowed } from './groups/callers.ts';
import { requireJson } from './media-type.ts';
import { parseJson } from './parse-json.ts';
import { readPrefer } from './prefer.ts';
import { readBody } from './read-body.ts';
import { answerCreation } from './respond.ts';

export interface CreateGroupDependencies {
  readonly callers: Callers;
  readonly validate: ValidateCreation;
  readonly createNow: CreateNow;
  /** The URL of a group in Graph. */
  readonly locate: (connectionId: string, groupId: string) => string;
  readonly now: () => number;
}

/**
 * `POST /api/connections/{connectionId}/groups`. The host has checked the key. The order of checks is part of the
 * contract: a caller who has not passed the signature learns nothing about the body.
 */
export function createCreateGroupEndpoint(dependencies: CreateGroupDependencies): Endpoint {
  const { callers, validate, createNow, locate, now } = dependencies;
  return createEndpoint(async ({ request, trace, log }) => {
    callers.requireLength(request.headers);
    const bytes = await readBody(request);
    await callers.verifySignature(bytes, request.headers, request.params.connectionId);
    requireJson(request.headers);
    const validated = validate(request.params.connectionId, parseJson(bytes));
    if (!validated.ok) {
      const count = validated.faults.length;
      throw new AdapterError(
        'validation-failed',
        `${count} error${count === 1 ? '' : 's'}, listed in "errors".`,
        {
          members: { errors: validated.faults },
        },
      );
    }
    const { connectionId, group } = validated;
    requireAllowed(callers, connectionId);
    const preference = readPrefer(request.headers);
    const result = await createNow({ connectionId, group, preference, trace, log });
    return answerCreation(result, group, {
      location: locate(connectionId, group.id),
      preferenceApplied: preference.respondAsync,
      now: now(),
    });
  });
}
