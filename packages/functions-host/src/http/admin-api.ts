import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { isRecord } from '../json-file.ts';
import type { ManualRun } from '../trigger-host.ts';
import type { ReadGrantedLevel } from './access-keys.ts';
import { endEmpty } from './end-empty.ts';

export interface AdminApiOptions {
  grantedLevel: ReadGrantedLevel;
  manualRuns: ReadonlyMap<string, ManualRun>;
}

/** Answers a request below /admin; false for any other, so that a function may answer. */
export type AdminApi = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

const maxBody = 1_048_576;

/**
 * `POST /admin/functions/{name}` with `{"input": "…"}` and the master key: runs a function of a timer or queue trigger,
 * disabled or not, and answers 202 at once (FunctionsController.Invoke of azure-functions-host). Nothing settles a
 * message in that case: there is no retry and no poison queue. Without a key 401, with another key 403. The rest of the
 * admin API is not implemented; functions cannot have routes below /admin.
 */
export function createAdminApi({ grantedLevel, manualRuns }: AdminApiOptions): AdminApi {
  return async function serveAdmin(request, response, url) {
    if (!/^\/admin(?:\/|$)/i.test(url.pathname)) return false;
    const refuse = (status: number): true => {
      endEmpty(response, status);
      return true;
    };
    const level = grantedLevel(request, url);
    if (level === 'anonymous') return refuse(401);
    if (level !== 'admin') return refuse(403);
    const name = /^\/admin\/functions\/([\w-]+)\/?$/i.exec(url.pathname)?.[1];
    if (name === undefined) return refuse(404);
    if (request.method !== 'POST') return refuse(405);
    if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) {
      return refuse(415);
    }
    if (Number(request.headers['content-length'] ?? 0) > maxBody) {
      return refuse(413);
    }
    const input = readInput(await buffer(request));
    if (input === undefined) return refuse(400);
    const run = manualRuns.get(name.toLowerCase());
    if (run === undefined) return refuse(404);
    // The result is in the log.
    void run(input).catch(() => {});
    response.writeHead(202, { 'content-length': 0 }).end();
    return true;
  };
}

function readInput(body: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (!isRecord(value)) return undefined;
    const { input = '' } = value;
    return typeof input === 'string' ? input : undefined;
  } catch {
    return undefined;
  }
}
