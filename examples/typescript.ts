/** Declares a group with one member and waits until Graph has confirmed it. */
import { setTimeout as delay } from 'node:timers/promises';

const { ADAPTER, KEY = '' } = process.env;
const group = `${ADAPTER}/api/connections/contosohr/groups/lateshift`;

interface GroupRecord {
  readonly state: 'applied' | 'applying' | 'failed';
  readonly error?: { readonly type: string; readonly detail: string };
}

async function call(method: string, url: string, body?: object): Promise<GroupRecord> {
  const response = await fetch(url, {
    method,
    headers: { 'x-functions-key': KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.text()) || '{}';
  // Problem details; the host's own 401 has no body.
  if (!response.ok) throw new Error(`${response.status} ${answer}`);
  return JSON.parse(answer) as GroupRecord;
}

await call('PUT', group, { displayName: 'Late shift' });
let record = await call('PUT', `${group}/members`, {
  members: [{ type: 'user', id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11' }],
});
// 202: recorded, and still being written to Graph.
while (record.state === 'applying') {
  await delay(2_000);
  record = await call('GET', group);
}
console.log(record.state, record.error?.detail ?? '');
