import { readFileSync } from 'node:fs';

/** One of the documented events; `examples/sources/README.md` names the vendor’s page of each. */
export function documentedEvent(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(`examples/sources/${name}.json`, 'utf8'));
}

/** An Okta delivery of one log event, changed as given. */
export function oktaEvent(changed: object, name = 'okta-membership-add'): object {
  const delivery = documentedEvent(name) as { data: { events: object[] } };
  return { ...delivery, data: { events: [{ ...delivery.data.events[0], ...changed }] } };
}

export function request(headers: Record<string, string>, body = '', method = 'POST') {
  return { method, headers: new Headers(headers), body: Buffer.from(body) };
}
