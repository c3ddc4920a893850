import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Invoker } from '../invoke.ts';
import type { Log } from '../logger.ts';
import type { Forwarder } from './forwarder.ts';
import { isHopByHop } from './hop-by-hop.ts';
import type { RunHttpInvocation } from './http-invocation.ts';

/**
 * Runs a function with `enableHttpStream`: the request goes to the worker's own server while the invocation runs, and
 * the response comes back on that connection. The two are started together because the library waits in `getArguments`
 * for the forwarded request. If that never comes (the worker's server refuses it, the caller has left before), nothing
 * ends the wait but the app or `functionTimeout` (`waitForProxyRequest` in httpProxy.ts of the library).
 *
 * If a function throws, this host answers 500. The real one has been reported never to answer in that case
 * (https://github.com/Azure/azure-functions-nodejs-library/issues/324), so an app should catch everything itself.
 */
export function createStreamingRun(invoker: Invoker, forwarder: Forwarder, log: Log): RunHttpInvocation {
  return async function runStreaming({ request, response, url, match, invocation, signal }) {
    const { invocationId } = invocation;
    const forwarded = forwarder.forward(request, invocationId, url.host);
    const aborted = (): void => forwarded.abort(abortReason(signal));
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
    // Awaited below, but maybe later than it rejects.
    forwarded.answer.catch(() => {});

    const invoked = invoker.invoke({
      ...invocation,
      inputData: [{ name: match.target.binding, data: { http: {} } }],
    });
    try {
      // A failed invocation rejects here; after a finished one the response follows, unless there is none.
      const answer = await Promise.race([
        forwarded.answer,
        invoked.then(({ result }) =>
          result === null || result === undefined ? undefined : forwarded.answer,
        ),
      ]);
      if (answer === undefined) {
        // The library sends nothing for a function that returns nothing, and on Azure the caller waits until the
        // load balancer gives up.
        const { name: functionName } = match.target.target.metadata;
        const message =
          'returned nothing: with enableHttpStream, return a response, or the caller waits on Azure';
        log({ level: 'warning', category: `Function.${functionName}`, message, functionName, invocationId });
        response.writeHead(204).end();
        forwarded.abort(new Error('The function returned nothing.'));
      } else {
        await Promise.all([passOn(answer, response), invoked]);
      }
    } catch (error) {
      forwarded.abort(new Error('The invocation has failed.'));
      // The function continues without its caller, and its own error says more than a broken connection; what it
      // returns is then a failure all the same (DefaultHttpProxyService.EnsureSuccessfulForwardingAsync).
      await invoked;
      throw new Error('Failed to proxy request.', { cause: error });
    } finally {
      signal.removeEventListener('abort', aborted);
    }
  };
}

async function passOn(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers: string[] = [];
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index] ?? '';
    if (!isHopByHop(name)) headers.push(name, answer.rawHeaders[index + 1] ?? '');
  }
  response.writeHead(answer.statusCode ?? 502, headers);
  await pipeline(answer, response);
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('The request was aborted.');
}
