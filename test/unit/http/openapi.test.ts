import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { buildOpenApi } from '../../../src/http/openapi.ts';
import { routes } from '../../../src/http/routes.ts';
import { problemCatalogue } from '../../../src/problems/catalogue.ts';

type Operation = {
  readonly tags: readonly string[];
  readonly description: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};
type Content = Readonly<Record<string, { readonly schema: object; readonly examples?: Examples }>>;
type Examples = Readonly<Record<string, { readonly value: unknown }>>;

const document = buildOpenApi('alphanumeric');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, operation]) => [`${method} ${path}`, operation as Operation] as const,
  ),
);
const isSuccess = (status: string) => status.startsWith('2');

describe('the OpenAPI document', () => {
  it.each(['alphanumeric', 'base64url'] as const)('is valid OpenAPI 3.1 (%s)', async (idCharacters) => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(buildOpenApi(idCharacters)));
    expect(result.errors).toBeUndefined();
    expect(validator.version).toBe('3.1');
  });

  it('shows the characters that the app is set to take', () => {
    const pattern = (set: 'alphanumeric' | 'base64url') =>
      buildOpenApi(set).components.schemas.ExternalGroup.properties.id.pattern;
    expect(pattern('alphanumeric')).not.toBe(pattern('base64url'));
  });

  it('names every problem that a route can answer', () => {
    const text = JSON.stringify(document.paths);
    const onlyInRecords = [
      'gave-up',
      'graph-unavailable',
      'crashed',
      'superseded',
      'later-version',
      'mapping-failed',
    ];
    for (const code of Object.keys(problemCatalogue).filter((name) => !onlyInRecords.includes(name)))
      expect(text).toContain(`\`${code}\``);
  });
});

describe('what client generators need', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  const schemas: Readonly<Record<string, object>> = document.components.schemas;

  it.each(operations)('%s has one type for all its successful answers', (_name, { responses }) => {
    const types = Object.entries(responses)
      .filter(([status]) => isSuccess(status))
      .map(([, { content }]) => JSON.stringify(content?.['application/json']?.schema));
    expect(new Set(types).size).toBe(1);
    expect(types[0]).not.toMatch(/"(?:oneOf|anyOf)"/);
  });

  it.each(operations)('%s has a tag, a description and an example of everything sent', (_name, operation) => {
    expect([operation.tags.length, operation.description]).toEqual([1, expect.stringMatching(/\.$/)]);
    const bodies = [
      operation.requestBody,
      ...Object.entries(operation.responses).map(([status, response]) => isSuccess(status) && response),
    ].flatMap((body) => (body ? Object.values(body.content ?? {}) : []));
    for (const { schema, examples = {} } of bodies) {
      expect(Object.keys(examples)).not.toEqual([]);
      const validate = ajv.compile('$ref' in schema ? { $ref: `openapi${String(schema.$ref)}` } : schema);
      for (const { value } of Object.values(examples)) {
        validate(value);
        expect(validate.errors).toBeNull();
      }
    }
  });

  it('every choice is told by a discriminator, between named types', () => {
    for (const [name, schema] of Object.entries(schemas)) {
      if (!('oneOf' in schema)) continue;
      expect([name, schema]).toEqual([
        'Member',
        expect.objectContaining({
          discriminator: {
            propertyName: 'type',
            mapping: {
              user: '#/components/schemas/UserMember',
              group: '#/components/schemas/GroupMember',
              externalGroup: '#/components/schemas/ExternalGroupMember',
            },
          },
        }),
      ]);
    }
  });

  it('a problem says what its exception’s message is', () => {
    expect(document.components.schemas.Problem.properties.detail).toMatchObject({
      'x-ms-primary-error-message': true,
    });
  });

  it('the 401 of the host has no content, unless the app has one too', () => {
    const described = Object.values(routes).flatMap(({ methods, path, level }) =>
      methods.map((method) => ({ name: `${method.toLowerCase()} /${path}`, level })),
    );
    for (const { name, level } of described) {
      const found = operations.find(([each]) => each === name);
      const refused = found?.[1].responses['401'];
      if (level === 'anonymous') expect(refused).toBeUndefined();
      else expect(refused).toMatchObject({ description: expect.stringContaining('with an empty body') });
      const isSigned = JSON.stringify(found).includes('signature-invalid');
      expect(refused?.content === undefined).toBe(!isSigned);
    }
  });
});
