import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildOpenApi } from '../../src/http/openapi.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface DescribedResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

type Paths = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly responses: Readonly<Record<string, DescribedResponse>> }>>
  >
>;

const document = buildOpenApi('base64url');
const paths = document.paths as Paths;
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { 'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/ },
});
ajv.addSchema(document, 'openapi');

const routes = Object.entries(paths).map(([path, methods]) => ({
  path,
  methods,
  pattern: new RegExp(`^/api${path.replace('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Headers that only some of the answers of a status have. */
const sometimes = ['preference-applied', 'retry-after', 'location'];

/** What of an answer the OpenAPI document does not say; empty: nothing, or the route is none of the document. */
export function undescribed(method: string, url: string, { status, headers, text }: Answer): string[] {
  const { pathname } = new URL(url);
  const route = routes.find(({ pattern }) => pattern.test(pathname));
  const operation = route?.methods[method.toLowerCase()];
  if (route === undefined || operation === undefined) return [];
  const described = operation.responses[String(status)] ?? operation.responses[`${String(status)[0]}XX`];
  // The host's own answers are described for all routes together, except the 401.
  const isHosts = text === '' && !headers.has('x-request-id');
  if (described === undefined) return isHosts ? [] : [`status ${status} is not described`];
  if (isHosts) return [];
  const missing = Object.keys(described.headers ?? {}).filter(
    (name) => !headers.has(name) && !sometimes.includes(name),
  );
  const type = headers.get('content-type') ?? '';
  const schema = described.content?.[type]?.schema;
  return [
    ...missing.map((name) => `the header ${name} is missing`),
    ...['location', 'retry-after']
      .filter((name) => status === 202 && !headers.has(name))
      .map((name) => `the header ${name} is missing`),
    ...(schema === undefined ? [`"${type}" is not described for ${status}`] : faultsOf(schema, text)),
  ];
}

function faultsOf(schema: object, text: string): string[] {
  const validate = ajv.compile(resolve(schema));
  return validate(JSON.parse(text))
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'the body'} ${message}`);
}

/** A reference within the document, as one from outside it. */
function resolve(schema: object): object {
  return '$ref' in schema ? { $ref: `openapi${String(schema.$ref)}` } : schema;
}
