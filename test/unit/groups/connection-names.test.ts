import { expect, it } from 'vitest';
import { createConnectionNames } from '../../../src/groups/connection-names.ts';

it('a connection is known without case, by the spelling of the setting', () => {
  const { isAllowed, spell } = createConnectionNames(new Set(['ContosoHR']));
  expect(['contosohr', 'CONTOSOHR', 'contosocrm'].map(isAllowed)).toEqual([true, true, false]);
  expect(['contosohr', 'ContosoHR', 'Other'].map(spell)).toEqual(['ContosoHR', 'ContosoHR', 'Other']);
});

it('without the setting every connection is served, as it is spelled', () => {
  const { isAllowed, spell } = createConnectionNames(null);
  expect([isAllowed('contosohr'), spell('ContosoHR')]).toEqual([true, 'ContosoHR']);
});
