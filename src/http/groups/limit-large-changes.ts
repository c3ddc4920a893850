import { AdapterError } from '../../problems/adapter-error.ts';
import { createEndpoint, type Endpoint } from '../endpoint.ts';
import { maxMembersBody, readBody } from '../read-body.ts';

/** Bytes from which a change counts as large: some 8,000 members. */
const large = 512 * 1024;
/** Each takes up to a second of processor time and 100 MB while it is recorded. */
const maxAtWork = 2;

/** Endpoints that share a limit: of changes with large bodies only a few are worked at a time, all others as ever. */
export function createLargeChangeLimit(): (endpoint: Endpoint) => Endpoint {
  let atWork = 0;
  const refuse = createEndpoint(async ({ request }) => {
    // Unread, it would keep the connection from the next request.
    await readBody(request, { longest: maxMembersBody });
    throw new AdapterError(
      'deferral-unavailable',
      `${maxAtWork} other changes of this size are being recorded. This change was not recorded: send it again.`,
    );
  });
  return (endpoint) => async (request, invocation) => {
    if (Number(request.headers.get('content-length')) < large) return endpoint(request, invocation);
    if (atWork >= maxAtWork) return refuse(request, invocation);
    atWork += 1;
    try {
      return await endpoint(request, invocation);
    } finally {
      atWork -= 1;
    }
  };
}
