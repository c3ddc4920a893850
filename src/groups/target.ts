import type { ValidateFunction } from 'ajv/dist/2020.js';
import { compileDeclaredSchema } from './compile-declared-schema.ts';
import { connectionIdSchema } from './connection-id.ts';
import { groupIdSchema } from './declared-group.ts';
import type { IdCharacters } from './external-group.ts';
import type { FaultList } from './fault-list.ts';
import { toFaults } from './validation.ts';

/** Narrows the ids in a path, each to null if it is invalid; errors are added. */
export interface ReadTarget {
  readonly connectionId: (value: unknown, faults: FaultList) => string | null;
  readonly groupId: (value: unknown, faults: FaultList) => string | null;
}

export function createTargetReader(idCharacters: IdCharacters): ReadTarget {
  const isConnectionId = compileDeclaredSchema<string>(connectionIdSchema);
  const isGroupId = compileDeclaredSchema<string>(groupIdSchema(idCharacters));
  return {
    connectionId: (value, faults) => narrow(isConnectionId, value, '/connectionId', faults),
    groupId: (value, faults) => narrow(isGroupId, value, '/groupId', faults),
  };
}

function narrow(
  validate: ValidateFunction<string>,
  value: unknown,
  pointer: string,
  faults: FaultList,
): string | null {
  if (validate(value)) return value;
  faults.add(toFaults('path', pointer, validate.errors));
  return null;
}
