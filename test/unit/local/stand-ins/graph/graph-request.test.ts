import { expect, test } from 'vitest';
import { type GraphTarget, readTarget } from '../../../../../local/stand-ins/graph/graph-request.ts';

test.each<[string, GraphTarget]>([
  ['/v1.0/external/connections/c/groups', { kind: 'groups', connectionId: 'c' }],
  ['/v1.0/external/connections/c/groups/g', { kind: 'group', connectionId: 'c', groupId: 'g' }],
  ['/v1.0/external/connections/c/groups/a%2Db', { kind: 'group', connectionId: 'c', groupId: 'a-b' }],
  ['/v1.0/external/connections/c/groups/%', { kind: 'group', connectionId: 'c', groupId: '%' }],
  ['/v1.0/external/connections/c/groups/', { kind: 'unknown', connectionId: 'c', unknownSegment: '' }],
  ['/v1.0/external/connections/c/groups/g/members', { kind: 'members', connectionId: 'c', groupId: 'g' }],
  [
    '/v1.0/external/connections/c/groups/members/members/a%2Fb',
    { kind: 'member', connectionId: 'c', groupId: 'members', memberId: 'a/b' },
  ],
  [
    '/v1.0/external/connections/c/groups/g/members/',
    { kind: 'unknown', connectionId: 'c', unknownSegment: '' },
  ],
  [
    '/v1.0/external/connections/c/groups/g/members/m/$ref',
    { kind: 'unknown', connectionId: 'c', unknownSegment: '$ref' },
  ],
  [
    '/v1.0/external/connections/c/groups/g/owners',
    { kind: 'unknown', connectionId: 'c', unknownSegment: 'owners' },
  ],
  ['/v1.0/external/connections/c', { kind: 'unknown', connectionId: 'c', unknownSegment: '' }],
  ['/v1.0/external/connections', { kind: 'unknown', unknownSegment: '' }],
  ['/v1.0/connections/c/groups', { kind: 'unknown', unknownSegment: 'connections' }],
  ['/beta/external/connections/c/groups', { kind: 'unknown', unknownSegment: 'beta' }],
  ['/', { kind: 'unknown', unknownSegment: '' }],
])('%s', (path, target) => {
  expect(readTarget(path)).toEqual(target);
});
