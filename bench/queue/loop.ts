/**
 * The baseline of the queue worker: receives, creates with `fetch`, writes a status, deletes. The same concurrency as
 * host.json allows the worker (16, and the next batch when 8 are left), nothing checked.
 *
 *     node loop.ts <queue>
 */
import { createHash } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';

const { env } = process;
const queue = new QueueClient(env.AzureWebJobsStorage ?? '', process.argv[2] ?? '');
const table = TableClient.fromConnectionString(env.AzureWebJobsStorage ?? '', 'bareLoopStatus', {
  allowInsecureConnection: true,
});
await table.createTable();
const identity = `${env.IDENTITY_ENDPOINT}?resource=https://graph.microsoft.com&api-version=2019-08-01`;
const issued = await fetch(identity, { headers: { 'x-identity-header': env.IDENTITY_HEADER ?? '' } });
const { access_token } = (await issued.json()) as { access_token: string };

let inWork = 0;
let wake = (): void => {};

async function work(id: string, receipt: string, text: string): Promise<void> {
  const { connectionId, group } = JSON.parse(Buffer.from(text, 'base64').toString()) as {
    connectionId: string;
    group: { readonly id: string };
  };
  const response = await fetch(`${env.GRAPH_BASE_URL}/v1.0/external/connections/${connectionId}/groups`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    body: JSON.stringify(group),
  });
  await response.text();
  const rowKey = createHash('sha256').update(text).digest('hex');
  await table.createEntity({
    partitionKey: rowKey.slice(0, 2),
    rowKey,
    connectionId,
    groupId: group.id,
    status: 'succeeded',
    lastActionDateTime: new Date().toISOString(),
  });
  await queue.deleteMessage(id, receipt);
}

// Stopped by the parent.
for (;;) {
  const { receivedMessageItems } = await queue.receiveMessages({
    numberOfMessages: 16,
    visibilityTimeout: 600,
  });
  if (receivedMessageItems.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  for (const { messageId, popReceipt, messageText } of receivedMessageItems) {
    inWork += 1;
    void work(messageId, popReceipt, messageText).finally(() => {
      inWork -= 1;
      if (inWork <= 8) wake();
    });
  }
  while (inWork > 8)
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
}
