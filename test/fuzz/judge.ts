import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseJson } from '../../local/stack/json.ts';
import type { Heard } from './wire.ts';

/** What is wrong with a response; null if nothing is. */
export type Judge = (heard: Heard) => string | null;

/** Responses of the Functions host itself, before the app is called. */
const hostStatuses = [400, 401, 404, 414, 431];
const appStatuses = [200, 201, 202, 400, 401, 403, 404, 409, 411, 413, 415, 422];

/** Internal terms that no caller may see. */
const inside = /node:internal|\bat \w+ \(|\.[jt]s:\d+|Bearer |eyJ[\w-]{10}|AccountKey/;

/**
 * Judges by the app's own description: `openapi` is the document from `GET /api/openapi.json`. Graph is working
 * meanwhile, so nothing excuses a 5xx.
 */
export function createJudge(openapi: unknown): Judge {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(openapi as object, 'openapi');
  const is = (name: string) => ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
  const isProblem = is('Problem');
  const answers = ['ExternalGroup', 'Operation', 'GroupRecord', 'GroupPage', 'MemberPage', 'Plan'].map(is);

  return (heard) => {
    if (typeof heard === 'string') return `no answer: ${heard}`;
    const { status, headers, body } = heard;
    if (inside.test(body)) return `says something of its inside: ${body.slice(0, 300)}`;
    const type = headers.get('content-type') ?? '';
    // The home page, which the deployment switches off.
    if (status === 204 && body === '' && !headers.has('x-request-id')) return null;
    if (status < 400) {
      if (!appStatuses.includes(status)) return `unexpected status ${status}`;
      if (type !== 'application/json') return `${status} is "${type}"`;
      const content = parseJson(body);
      const good = isOpen(content) || answers.some((isAnswer) => isAnswer(content));
      return good && headers.has('x-request-id') ? null : `${status} is nothing that the API describes`;
    }
    // The host refuses without a body.
    if (body === '' && hostStatuses.includes(status)) return null;
    if (type !== 'application/problem+json') return `${status} is "${type}": ${body.slice(0, 200)}`;
    const problem = parseJson(body) as { type?: unknown; status?: unknown } | undefined;
    if (problem?.status !== status) return `${status} says ${String(problem?.status)}`;
    if (!headers.has('x-request-id')) return `${status} has no x-request-id`;
    if (!appStatuses.includes(status)) return `unexpected status ${status}: ${body.slice(0, 300)}`;
    return isProblem(problem)
      ? null
      : `${status} breaks the Problem schema: ${ajv.errorsText(isProblem.errors)}`;
  };
}

/** The two anonymous endpoints. */
function isOpen(content: unknown): boolean {
  if (typeof content !== 'object' || content === null) return false;
  return ('status' in content && content.status === 'ok') || 'openapi' in content;
}
