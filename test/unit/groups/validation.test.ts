import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../src/groups/compile-schema.ts';
import {
  connectionIdSchema,
  isConnectionId,
  reservedConnectionIds,
} from '../../../src/groups/connection-id.ts';
import { createValidation } from '../../../src/groups/validation.ts';

const validate = createValidation('alphanumeric');
const example = {
  id: '31bea3d537902000',
  displayName: 'Contoso Marketing',
  description: 'The product marketing team',
};

function faultsOf(connectionId: unknown, group: unknown, check = validate) {
  const result = check(connectionId, group);
  return result.ok
    ? []
    : result.faults.map(({ in: place, pointer, keyword }) => `${place} ${pointer} ${keyword}`);
}

describe('validation of a creation', () => {
  it('accepts the documented example', () => {
    expect(validate('contosohr', example)).toEqual({ ok: true, connectionId: 'contosohr', group: example });
  });

  it('takes null and absent names', () => {
    expect(faultsOf('contosohr', { id: 'a', displayName: null })).toEqual([]);
    expect(faultsOf('contosohr', { id: 'a' })).toEqual([]);
  });

  it('says in words which characters an id may have', () => {
    const result = validate('contosohr', { id: 'a b' });
    expect(result.ok ? [] : result.faults.map(({ detail }) => detail)).toEqual([
      'must have only the characters A–Z, a–z, 0–9',
    ]);
  });

  it('names every error of path and body at once', () => {
    expect(faultsOf('no', { displayName: 7, description: [], extra: 1, '@odata.type': 'x' })).toEqual([
      'path /connectionId minLength',
      'body /id required',
      'body /extra additionalProperties',
      'body /@odata.type additionalProperties',
      'body /displayName type',
      'body /description type',
    ]);
  });

  it.each([
    ['an empty id', { id: '' }, 'body /id minLength'],
    ['an id of 129 characters', { id: 'a'.repeat(129) }, 'body /id maxLength'],
    ['a hyphen', { id: 'a-b' }, 'body /id pattern'],
    ['a number as id', { id: 5 }, 'body /id type'],
    ['a property with a slash', { id: 'a', 'b/c~d': 1 }, 'body /b~1c~0d additionalProperties'],
    ['__proto__', JSON.parse('{"id":"a","__proto__":{"x":1}}'), 'body /__proto__ additionalProperties'],
    ['an array', [example], 'body  type'],
    ['null', null, 'body  type'],
    ['text', 'a', 'body  type'],
  ])('refuses %s', (_what, group, fault) => {
    expect(faultsOf('contosohr', group)).toEqual([fault]);
  });

  it('takes hyphen and underscore if the setting says so, and nothing more', () => {
    const wide = createValidation('base64url');
    expect(faultsOf('contosohr', { id: 'a-b_c' }, wide)).toEqual([]);
    expect(faultsOf('contosohr', { id: 'a+b' }, wide)).toEqual(['body /id pattern']);
  });

  it('takes 128 characters and 1', () => {
    expect(faultsOf('contosohr', { id: 'a'.repeat(128) })).toEqual([]);
    expect(faultsOf('contosohr', { id: 'a' })).toEqual([]);
  });
});

describe('a connection id', () => {
  it.each(reservedConnectionIds.filter((word) => !word.includes('_')))(
    'must not be %s, in any case',
    (word) => {
      for (const spelling of [word, word.toLowerCase(), word.toUpperCase()])
        expect(faultsOf(spelling, example)).toEqual(['path /connectionId not']);
    },
  );

  it('must not be the reserved word that its characters forbid already', () => {
    expect(faultsOf('MSFT_All_Connectors', example)).toContain('path /connectionId not');
  });

  it.each(['Microsoft', 'microsoftHR', 'MICROSOFTx'])('must not begin like %s', (id) => {
    expect(faultsOf(id, example)).toEqual(['path /connectionId not']);
  });

  it.each(['abc', 'a'.repeat(32), 'TeamsHR', 'notMicrosoft', '123'])('may be %s', (id) => {
    expect(faultsOf(id, example)).toEqual([]);
  });

  it.each(['ab', 'a'.repeat(33), 'a-b', 'a b', 'ä'.repeat(4), 'a/b', '', undefined])(
    'may not be %s',
    (id) => {
      expect(faultsOf(id, example)).not.toEqual([]);
    },
  );

  it('is judged alike by the schema and by the start', () => {
    const bySchema = compileSchema(connectionIdSchema);
    const likely = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[A-Za-z0-9]{1,34}$/),
      fc.constantFrom(...reservedConnectionIds, 'microsoftx'),
    );
    fc.assert(fc.property(likely, (id) => bySchema(id) === isConnectionId(id)));
  });
});

describe('any input', () => {
  it('is judged without a throw, and what is refused has a fault', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.anything(), (connectionId, group) => {
        const result = validate(connectionId, group);
        expect(result.ok || result.faults.length > 0).toBe(true);
      }),
    );
  });
});
