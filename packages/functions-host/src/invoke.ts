import type { CoreApi, RegisteredFunction } from './core-api.ts';
import type {
  CoreInvocationContext,
  HookName,
  InvocationRequest,
  InvocationResponse,
  LogCategory,
  LogLevel,
} from './core-types.ts';
import type { Log } from './logger.ts';

export interface Invocation extends InvocationRequest {
  target: RegisteredFunction;
}

export interface InvocationResult {
  result: unknown;
  response: InvocationResponse;
}

export interface Invoker {
  invoke(invocation: Invocation): Promise<InvocationResult>;
  running(): number;
}

export interface InvokerOptions {
  core: CoreApi;
  log: Log;
  /** Milliseconds; undefined means no limit. */
  functionTimeout: number | undefined;
  onFunctionTimeout(functionName: string, invocationId: string): void;
  appHookData: Record<string, unknown>;
}

/**
 * The steps of one invocation, in the worker's order (InvocationHandler.ts of
 * https://github.com/Azure/azure-functions-nodejs-worker): arguments, preInvocation hooks, the function,
 * postInvocation hooks, response. Hooks run in the order of their registration and may replace inputs, handler,
 * result and error; an exception in one fails the invocation.
 */
export function createInvoker(options: InvokerOptions): Invoker {
  const { core, functionTimeout, onFunctionTimeout, appHookData } = options;
  let running = 0;

  async function runHooks(name: HookName, context: Record<string, unknown>): Promise<void> {
    for (const hook of core.hooks(name)) await hook(context);
  }

  async function run(invocation: Invocation): Promise<InvocationResult> {
    const { target, ...request } = invocation;
    const model = core.model();
    if (model === undefined) throw new Error('The app has set no programming model.');
    let invocationContext: unknown;
    const coreContext: CoreInvocationContext = {
      invocationId: request.invocationId,
      request,
      metadata: target.metadata,
      log: createInvocationLog(options, invocation, () => invocationContext),
    };
    const invocationModel = await model.getInvocationModel(coreContext);
    const { context, inputs } = await invocationModel.getArguments();
    invocationContext = context;

    const shared = { hookData: {}, appHookData, invocationContext: context };
    const before = { ...shared, inputs, functionCallback: target.callback };
    coreContext.state = 'preInvocationHooks';
    await runHooks('preInvocation', before);

    const after: Record<string, unknown> = { ...shared, inputs: before.inputs, result: null, error: null };
    coreContext.state = 'invocation';
    try {
      after.result = await invocationModel.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    coreContext.state = 'postInvocationHooks';
    await runHooks('postInvocation', after);
    coreContext.state = undefined;
    // As in the worker, `throw undefined` therefore counts as success.
    if (after.error !== null && after.error !== undefined) throw after.error;
    return { result: after.result, response: await invocationModel.getResponse(context, after.result) };
  }

  return {
    running: () => running,
    async invoke(invocation) {
      running++;
      const { name } = invocation.target.metadata;
      const timer =
        functionTimeout === undefined
          ? undefined
          : setTimeout(() => onFunctionTimeout(name, invocation.invocationId), functionTimeout);
      try {
        return await run(invocation);
      } finally {
        clearTimeout(timer);
        running--;
      }
    },
  };
}

/** Passes log calls of an invocation through the app's log hooks, which may change level and text of user logs. */
function createInvocationLog(
  { core, log, appHookData }: InvokerOptions,
  { target, invocationId }: Invocation,
  invocationContext: () => unknown,
): (level: LogLevel, category: LogCategory, message: string) => void {
  const functionName = target.metadata.name;
  return (level, category, message) => {
    const entry = {
      hookData: {},
      appHookData,
      invocationContext: invocationContext(),
      level,
      category,
      message,
    };
    for (const hook of core.hooks('log')) hook(entry);
    const shown = category === 'user' ? entry : { level, message };
    const suffix = category === 'user' ? '.User' : '';
    const logCategory = `Function.${functionName}${suffix}`;
    log({ level: shown.level, category: logCategory, message: shown.message, functionName, invocationId });
  };
}
