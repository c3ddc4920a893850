/**
 * With `enableHttpStream` the host forwards each request to a server in the worker, and the trigger library waits in
 * `getArguments` until it has come (`waitForProxyRequest` in httpProxy.ts), without a limit. What the host gives up (the
 * caller left early) or the server refuses (headers too long, a control character in one) never comes: the invocation
 * waits until `functionTimeout`, and then the host restarts the worker with all that it is working on. No option ends
 * this (azure-functions-nodejs-library#294), so the wait is bounded here; the host answers 500 to whoever is still there.
 */
import { loadCoreModule } from './core-module.ts';

interface InvocationModel {
  getArguments: () => Promise<unknown>;
}

interface ProgrammingModel {
  getInvocationModel: (context: unknown) => InvocationModel | Promise<InvocationModel>;
}

/** Milliseconds that a forwarded request may take to come. */
const patience = 5_000;
/** They are counted in steps: while the event loop is blocked the request cannot come, and only one step passes. */
const steps = 10;

/** Bounds the wait for a request's arrival, in all invocations to come. */
export function boundArguments(core = loadCoreModule(), within = patience): void {
  const model =
    core !== null && 'getProgrammingModel' in core && typeof core.getProgrammingModel === 'function'
      ? core.getProgrammingModel()
      : null;
  if (!isProgrammingModel(model)) return;
  const getInvocationModel = model.getInvocationModel.bind(model);
  model.getInvocationModel = async (context) => {
    const invocation = await getInvocationModel(context);
    const getArguments = invocation.getArguments.bind(invocation);
    invocation.getArguments = () => inTime(getArguments(), within);
    return invocation;
  };
}

async function inTime<T>(waiting: Promise<T>, within: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  let left = steps;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    late.reject(new Error(`The host has not forwarded the request within ${within / 1000} s.`));
  }, within / steps);
  try {
    return await Promise.race([waiting, late.promise]);
  } finally {
    clearInterval(timer);
  }
}

function isProgrammingModel(model: unknown): model is ProgrammingModel {
  return (
    typeof model === 'object' &&
    model !== null &&
    'getInvocationModel' in model &&
    typeof model.getInvocationModel === 'function'
  );
}
