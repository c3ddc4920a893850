/**
 * What a careful developer writes from the documentation of each package: all of them imported at the top, AJV compiled
 * at run time, Graph's client with its default middleware (whose RetryHandler sleeps in the process), the queue output
 * binding for what failed, telemetry set up before anything else; compiled, not bundled.
 */
import { app, output } from '@azure/functions';
import { ManagedIdentityCredential } from '@azure/identity';
import { QueueServiceClient } from '@azure/storage-queue';
import { Client, GraphError } from '@microsoft/microsoft-graph-client';
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js';
import { Ajv } from 'ajv';
import { useAzureMonitor } from 'applicationinsights';

interface Creation {
  readonly connectionId: string;
  readonly group: { readonly id: string; readonly displayName?: string; readonly description?: string };
}

const groupSchema = {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9]*$' },
    displayName: { type: ['string', 'null'] },
    description: { type: ['string', 'null'] },
  },
};

/** Set by the benchmark for a fair comparison: telemetry of everything instead of 5 traces per second. */
const likeForLike = process.env.BENCH_LIKE_FOR_LIKE !== undefined;
if (process.env.APPLICATIONINSIGHTS_CONNECTION_STRING)
  useAzureMonitor(likeForLike ? { tracesPerSecond: 0, samplingRatio: 1 } : undefined);

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<Creation['group']>(groupSchema);
const storage = QueueServiceClient.fromConnectionString(process.env.AzureWebJobsStorage ?? '');
const graph = Client.initWithMiddleware({
  baseUrl: process.env.GRAPH_BASE_URL ?? 'https://graph.microsoft.com',
  // Without this the client drops the token for a host that it does not know.
  customHosts: new Set([new URL(process.env.GRAPH_BASE_URL ?? 'https://graph.microsoft.com').hostname]),
  authProvider: new TokenCredentialAuthenticationProvider(
    new ManagedIdentityCredential(process.env.AZURE_CLIENT_ID ?? ''),
    { scopes: ['https://graph.microsoft.com/.default'] },
  ),
});

const work = output.storageQueue({ queueName: 'plain-creations', connection: 'AzureWebJobsStorage' });

/** The local functions host has no output bindings: only there, the message is sent with the SDK. */
const hostWritesNoOutputs = process.env.FUNCTIONS_HOST_KEY !== undefined;

async function sendCreation(creation: Creation): Promise<void> {
  const queue = storage.getQueueClient('plain-creations');
  await queue.createIfNotExists();
  await queue.sendMessage(Buffer.from(JSON.stringify(creation)).toString('base64'));
}

async function create({ connectionId, group }: Creation): Promise<{ status: 200 | 201; group: unknown }> {
  const groups = `/external/connections/${connectionId}/groups`;
  try {
    return { status: 201, group: await graph.api(groups).post(group) };
  } catch (error) {
    if (!(error instanceof GraphError) || error.statusCode !== 409) throw error;
    return { status: 200, group: await graph.api(`${groups}/${group.id}`).get() };
  }
}

app.http('create-group', {
  route: 'connections/{connectionId}/groups',
  methods: ['POST'],
  authLevel: 'function',
  extraOutputs: [work],
  handler: async (request, context) => {
    const group: unknown = await request.json();
    if (!validate(group)) return { status: 400, jsonBody: { errors: validate.errors } };
    const creation = { connectionId: request.params.connectionId ?? '', group };
    try {
      const created = await create(creation);
      return { status: created.status, jsonBody: created.group };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const isPassing = error.statusCode === 429 || error.statusCode >= 500 || error.statusCode === -1;
      if (!isPassing) return { status: error.statusCode, jsonBody: { code: error.code } };
      context.extraOutputs.set(work, creation);
      if (hostWritesNoOutputs) await sendCreation(creation);
      return { status: 202 };
    }
  },
});

app.storageQueue('create-deferred-group', {
  queueName: 'plain-creations',
  connection: 'AzureWebJobsStorage',
  // Throwing makes the host deliver again, and poison after `maxDequeueCount`.
  handler: async (message) => {
    await create(message as Creation);
  },
});

app.http('queue-depth', {
  route: 'queue-depth',
  methods: ['GET'],
  authLevel: 'function',
  handler: async () => {
    const queue = storage.getQueueClient('plain-creations');
    const { approximateMessagesCount } = await queue.getProperties();
    return { jsonBody: { depth: approximateMessagesCount } };
  },
});
