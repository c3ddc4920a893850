import type { FaultList } from '../groups/fault-list.ts';
import { AdapterError } from '../problems/adapter-error.ts';

/** The problem that faults are. */
export function validationFailed(faults: Pick<FaultList, 'count' | 'listed'>): AdapterError {
  const count = faults.count();
  const errors = faults.listed();
  const listed = errors.length < count ? `the first ${errors.length} listed` : 'listed';
  return new AdapterError(
    'validation-failed',
    `${count.toLocaleString('en')} fault${count === 1 ? '' : 's'}, ${listed} in "errors".`,
    { members: { errors } },
  );
}
