import type { CreateNow } from '../creations/create-now.ts';
import type { ValidateCreation } from '../groups/validation.ts';
import { admit, type Callers } from './admit.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { readPrefer } from './prefer.ts';
import { answerCreation } from './respond.ts';

interface CreateGroupDependencies {
  readonly callers: Callers;
  readonly validate: ValidateCreation;
  readonly createNow: CreateNow;
  /** The URL of a group in Graph. */
  readonly locate: (connectionId: string, groupId: string) => string;
  readonly now: () => number;
}

/**
 * `POST /api/connections/{connectionId}/groups`. The signature covers the body, not the connection in the address: its
 * secret decides for which connections it is good.
 */
export function createCreateGroupEndpoint(dependencies: CreateGroupDependencies): Endpoint {
  const { callers, validate, createNow, locate, now } = dependencies;
  return createEndpoint(async ({ request, trace, log }) => {
    const { headers, params } = request;
    const { connectionId, group } = await admit(request, callers, {
      checkSignature: ({ verify }, bytes) => verify(bytes, headers, () => params.connectionId ?? ''),
      read: (body, faults) => {
        const validated = validate(params.connectionId, body);
        if (validated.ok) return validated;
        faults.add(validated.faults);
        return null;
      },
    });
    const preference = readPrefer(headers);
    const result = await createNow({ connectionId, group, preference, trace, log });
    return answerCreation(result, group, {
      location: locate(connectionId, group.id),
      preferenceApplied: preference.respondAsync,
      now: now(),
    });
  });
}
