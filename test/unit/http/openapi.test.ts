import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { buildOpenApi } from '../../../src/http/openapi.ts';
import { problemCatalogue } from '../../../src/problems/catalogue.ts';

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
    const routes = JSON.stringify(buildOpenApi('alphanumeric').paths);
    const onlyInRecords = [
      'gave-up',
      'graph-unavailable',
      'crashed',
      'superseded',
      'later-version',
      'mapping-failed',
    ];
    for (const code of Object.keys(problemCatalogue).filter((name) => !onlyInRecords.includes(name)))
      expect(routes).toContain(`\`${code}\``);
  });
});
