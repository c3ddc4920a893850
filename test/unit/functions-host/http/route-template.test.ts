import { describe, expect, it } from 'vitest';
import {
  createRouteTemplate,
  decodePath,
} from '../../../../packages/functions-host/src/http/route-template.ts';

describe('a route template', () => {
  it.each([
    ['api/health', '/api/health', {}],
    ['api/health', '/API/Health/', {}],
    ['api/health', '/api/healthy', undefined],
    ['api/health', '/api/health/more', undefined],
    ['api/a.b', '/api/axb', undefined],
    ['api/{id}', '/api/', undefined],
    ['api/{id}', '/api/Mixed%20Case', { id: 'Mixed Case' }],
    ['api/{id}', '/api/a%2Fb', { id: 'a%2Fb' }],
    ['api/{id}', '/api/100%', { id: '100%' }],
    ['api/{id}', '/api/a/b', undefined],
    ['api/{id?}', '/api', {}],
    ['api/{id:int}', '/api/-12', { id: '-12' }],
    ['api/{id:int}', '/api/1x', undefined],
    ['api/{id:int?}', '/api/', {}],
    [
      'api/{id:guid}',
      '/api/0F8FAD5B-d9cb-469f-a165-70867728950e',
      { id: '0F8FAD5B-d9cb-469f-a165-70867728950e' },
    ],
    ['api/{id:alpha}/x', '/api/ab1/x', undefined],
    ['api/{file}.{extension}', '/api/a.b.json', { file: 'a', extension: 'b.json' }],
    ['api/{*rest}', '/api/a/b', { rest: 'a/b' }],
    ['api/{*rest}', '/api', {}],
  ])('%s asked with %s gives %o', (template, path, params) => {
    expect(createRouteTemplate(template).match(decodePath(path))).toEqual(params);
  });

  it.each(['api/{id:length(3)}', 'api/{id', 'api/{id:odd}'])('refuses %s', (template) => {
    expect(() => createRouteTemplate(template)).toThrow(template);
  });
});
