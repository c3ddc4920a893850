import { describe, expect, it } from 'vitest';
import { defineSource, type Mapped } from '../../../src/sources/define-source.ts';
import { createMapEvent } from '../../../src/sources/map-event.ts';
import { createFindSource } from '../../../src/sources/served-sources.ts';

const about = { groupId: 'night', sequence: 5 };
const by = (upn: string) => ({ type: 'user', upn }) as const;

function mapping(map: (event: unknown) => unknown) {
  const counted: object[] = [];
  const source = defineSource({ verify: () => true, map: map as () => Mapped });
  const settings = new Map([['hr', { secrets: ['s'], connectionId: 'contosohr' }]]);
  const mapEvent = createMapEvent({
    findSource: createFindSource({ hr: source, other: source }, settings, () => 'ContosoHR'),
    rules: { idCharacters: 'alphanumeric', memberNames: ['upn'] },
    telemetry: { metric: (_name, value, dimensions) => void counted.push({ value, ...dimensions }) },
  });
  return { counted, mapEvent, map: (source = 'hr') => mapEvent({ source, event: {} }, false) };
}

describe('the mapping of an event', () => {
  it('makes changes of the source’s own connection, whatever it says itself', async () => {
    const { changes, problem } = await mapping(() => [
      { ...about, connectionId: 'another', group: { displayName: 'Night' } },
      { ...about, connectionId: 'another', add: [by('ann@contoso.com')] },
    ]).map();
    expect(problem).toBeNull();
    expect(changes).toMatchObject([
      { connectionId: 'ContosoHR', kind: 'put-group', displayName: 'Night', sequence: 5 },
      { connectionId: 'ContosoHR', kind: 'patch-members', sequence: 5 },
    ]);
  });

  it('that makes something invalid fails by pointers, without values, and the rest counts', async () => {
    const { changes, problem } = await mapping(() => [
      { ...about, remove: [by('ann@contoso.com')] },
      { groupId: 'night', delete: true },
      { ...about, add: [{ type: 'user', mail: 'bo@contoso.com' }] },
      { ...about, groupId: 'a_b', delete: true },
      { ...about, dryRun: true, delete: true },
      'nothing',
    ]).map();
    expect(changes).toMatchObject([{ kind: 'patch-members' }]);
    expect(problem?.code).toBe('mapping-failed');
    for (const part of ['/sequence', '/add/0/mail', 'MEMBER_NAMES', '/groupId', '/dryRun', 'an object'])
      expect(problem?.detail).toContain(part);
    expect(problem?.detail).not.toContain('@');
  });

  it('that throws fails', async () => {
    const { map } = mapping(() => {
      throw new Error('no login');
    });
    expect(await map()).toMatchObject({ changes: [], problem: { code: 'mapping-failed' } });
    expect((await map()).problem?.detail).toContain('no login');
  });

  it('counts by reason what is ignored, once however often it is tried', async () => {
    const { counted, map, mapEvent } = mapping(() => ({ ignored: 'other-kind' }));
    expect(await map()).toEqual({ changes: [], problem: null });
    await mapEvent({ source: 'hr', event: {} }, true);
    expect(counted).toEqual([{ value: 1, source: 'hr', reason: 'other-kind' }]);
  });

  it.each(['unknown', 'other', '__proto__', 'constructor'])(
    'of a source that is not served fails: %s',
    async (source) => {
      const { map } = mapping(() => []);
      expect((await map(source)).problem?.code).toBe('source-not-found');
    },
  );
});
