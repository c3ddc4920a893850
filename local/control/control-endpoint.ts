import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseJson } from '../stack/json.ts';
import { listen } from '../stack/listen.ts';
import { readBody } from '../stack/read-body.ts';
import { type Controlled, controlRoutes } from './control-routes.ts';

export interface ControlEndpoint {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const bodyLimit = 1024 * 1024;

/**
 * Starts the plain-http endpoint through which a developer with curl, or a test in another process, inspects the
 * stand-ins and injects faults. `GET /` explains it.
 */
export async function startControlEndpoint(controlled: Controlled, port = 0): Promise<ControlEndpoint> {
  const routes = controlRoutes(controlled);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request, bodyLimit);
    if (url.pathname === '/' && request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(help);
      return;
    }
    const route = routes[`${request.method} ${url.pathname}`];
    if (route === undefined)
      return send(response, 404, {
        error: `There is no ${request.method} ${url.pathname}; GET / lists what there is.`,
      });
    if (body === 'too-large') return send(response, 413, { error: 'The body is larger than 1 MiB.' });
    const content = body.length === 0 ? undefined : parseJson(body.toString('utf8'));
    if (body.length > 0 && content === undefined)
      return send(response, 400, { error: 'The body is not JSON.' });
    const result = route(content, url.searchParams);
    send(
      response,
      typeof result === 'string' ? 400 : 200,
      typeof result === 'string' ? { error: result } : result,
    );
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, port);
  return { url: `http://127.0.0.1:${listening.port}`, port: listening.port, close: listening.close };
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body, undefined, 2)}\n`;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
}

const help = `What the local stand-ins received, and how to inject faults. Bodies are JSON.

  GET    /groups                 the groups that exist, with their members
  PUT    /groups/hidden          {"connectionId","groupId","ms":60000,"onCreate":"replace"} answers 404 about a group
                                 that exists (without "ms" for good; a create meets 409 without "onCreate")
  GET    /writes/late            writes without an answer that are yet to be carried out
  POST   /writes/land            carries them out now
  GET    /calls?since=0&limit=50 the newest requests to Graph (those after the call number "since")
  GET    /counters               totals, creates per group, calls of the identity endpoint, telemetry received
  GET    /telemetry/items        accepted telemetry (?baseType=EventData, ?name=…, ?contains=…, ?limit=50)
  PUT    /faults                 one rule or a list of rules, in place of those before
  DELETE /faults                 Graph behaves again
  PUT    /pace                   {"maxInFlight":25,"latencyMs":100,"retryAfter":"2"}; {} is no limit
  PUT    /access                 {"denyRole":true} answers 403; {"expireTokens":true} answers 401 to old tokens
  PUT    /identity               a fault of the identity endpoint, null for none
  PUT    /telemetry              a fault of the telemetry intake, null for none
  POST   /reset                  forget everything, behave

A rule: {"match":{"method","operation","connectionId","groupId","memberId","path"},"times":3,"probability":0.5,
         "fault":{"kind":…,"commit":true}}
Everything but "fault" may be left out. "commit" does the work first and misbehaves then. Operations: create-group,
read-group, update-group, delete-group, add-member, remove-member.

  {"kind":"throttle","retryAfter":"5"}                      429, with or without Retry-After
  {"kind":"status","status":503,"body":"odata"}             body: odata, html, empty, broken-json, text;
                                                            also code, innerCode, message, headers,
                                                            innerError: innerError, innererror, nested, none
  {"kind":"hang"}  {"kind":"slow","ms":3000}  {"kind":"reset"}  {"kind":"truncate"}
  {"kind":"redirect","location":"https://…"}  {"kind":"gzip-bomb","megabytes":64}
  {"kind":"late","ms":60000,"answer":"none"}                carried out after ms, at most ten minutes; the answer is
                                                            none, reset or gateway-timeout

Faults of the identity endpoint: {"kind":"status","status":500}, hang, slow (ms), empty, garbage, reset.
Faults of the telemetry intake: {"kind":"refuse","status":503}, hang, slow (ms), reset. Both take "times".

Graph does not know a user:
  curl -X PUT --data '{"match":{"memberId":"<object id>"},"fault":{"kind":"status","status":404}}' <this>/faults
An identity that is not known everywhere yet, for two attempts at a grant:
  curl -X PUT --data '{"match":{"method":"POST","path":"/v1.0/servicePrincipals"},"times":2,"fault":{"kind":"status","status":404,"code":"Request_ResourceNotFound"}}' <this>/faults

Graph throttles the next two creates:
  curl -X PUT --data '{"match":{"method":"POST"},"times":2,"fault":{"kind":"throttle","retryAfter":"5"}}' <this>/faults
`;
