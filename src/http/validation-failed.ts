import type { FaultList } from '../groups/fault-list.ts';
import { AdapterError } from '../problems/adapter-error.ts';

/** The problem for a list of validation errors. */
export function validationFailed(faults: FaultList): AdapterError {
  const errors = faults.listed();
  const count = `${errors.length} error${errors.length === 1 ? '' : 's'}`;
  return new AdapterError(
    'validation-failed',
    faults.isFull()
      ? `At least ${count}: the first are listed in "errors".`
      : `${count}, listed in "errors".`,
    { members: { errors } },
  );
}
