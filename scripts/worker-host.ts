import { type EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What the host says to a worker, and hears from it. */
export interface HostEnd {
  /** Waits for the worker if it has not come yet; rejects with the worker's reason if it fails. */
  readonly ask: (request: string, content: object) => Promise<Readonly<Record<string, unknown>>>;
  /** For the command line of the worker. */
  readonly workerArguments: readonly string[];
  readonly close: () => void;
}

interface Message {
  /** The name of the member that is set. */
  readonly content?: string;
  readonly [member: string]: unknown;
}

interface Stream {
  on(event: 'data', listener: (message: Message) => void): void;
  write(message: object): void;
  end(): void;
}

/** What is used of `@grpc/grpc-js` and `@grpc/proto-loader`, which the worker brings along. */
interface Grpc {
  readonly Server: new () => {
    addService(service: unknown, handlers: { eventStream(stream: Stream): void }): void;
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
    start(): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
  loadPackageDefinition(definition: unknown): {
    readonly AzureFunctionsRpcMessages: { readonly FunctionRpc: { readonly service: unknown } };
  };
}
interface ProtoLoader {
  loadSync(file: string, options: object): unknown;
}

/** The answer to each request of the host. */
const answers: Readonly<Record<string, string>> = {
  workerInitRequest: 'workerInitResponse',
  functionEnvironmentReloadRequest: 'functionEnvironmentReloadResponse',
  functionsMetadataRequest: 'functionMetadataResponse',
  functionLoadRequest: 'functionLoadResponse',
  invocationRequest: 'invocationResponse',
};

/** The host's end of the protocol between the Functions host and a worker, as much as a start and a call need. */
export async function listenForWorker(
  folder: string,
  events: EventEmitter,
  signal: AbortSignal,
): Promise<HostEnd> {
  const load = createRequire(join(folder, 'package.json'));
  const grpc = load('@grpc/grpc-js') as Grpc;
  const protos = join(folder, 'azure-functions-language-worker-protobuf/src/proto');
  const definition = (load('@grpc/proto-loader') as ProtoLoader).loadSync(join(protos, 'FunctionRpc.proto'), {
    includeDirs: [protos],
    enums: String,
    oneofs: true,
    arrays: true,
  });
  const server = new grpc.Server();
  const arrived = once(events, 'stream', { signal }).then(([stream]) => stream as Stream);
  arrived.catch(() => {});
  server.addService(grpc.loadPackageDefinition(definition).AzureFunctionsRpcMessages.FunctionRpc.service, {
    eventStream: (stream) => {
      stream.on('data', (message) => {
        const { content = '' } = message;
        if (content === 'startStream') events.emit('stream', stream);
        else events.emit(content, message[content]);
      });
    },
  });
  const port = await new Promise<number>((done, fail) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : fail(error),
    );
  });
  server.start();
  return {
    workerArguments: [
      ...['--functions-uri', `http://127.0.0.1:${port}`],
      ...['--functions-worker-id', 'worker', '--functions-request-id', 'start'],
      ...['--functions-grpc-max-message-length', String(2 ** 31 - 1)],
    ],
    ask: async (request, content) => {
      const stream = await arrived;
      const answer = once(events, answers[request] ?? '', { signal });
      stream.write({ requestId: request, [request]: content });
      const [response] = (await answer) as [Readonly<Record<string, unknown>>];
      const { status, exception } = response.result as { status?: string; exception?: { message: string } };
      if (status === 'Failure') throw new Error(`${request}: ${exception?.message}`);
      return response;
    },
    close: () => server.forceShutdown(),
  };
}
