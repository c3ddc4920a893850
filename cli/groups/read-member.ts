import type { MemberName, NameKind } from '../../src/groups/member-name.ts';
import { guid } from '../../src/settings/readers.ts';

const prefixes: Readonly<Record<string, NameKind>> = {
  upn: 'upn',
  mail: 'mail',
  employeeid: 'employeeId',
  sid: 'sid',
};

/**
 * What an operator calls a member: an id, or the names that it may be. `employeeId:1001` says which name is meant; an
 * address may be of either kind.
 */
export function readMember(
  text: string,
): { readonly id: string } | { readonly names: readonly MemberName[] } {
  const [, prefix = '', value = ''] = /^([A-Za-z]+):(.+)$/.exec(text) ?? [];
  const kind = prefixes[prefix.toLowerCase()];
  if (kind !== undefined) return { names: [{ kind, value }] };
  if (guid.test(text)) return { id: text };
  if (/^S-1-\d/i.test(text)) return { names: [{ kind: 'sid', value: text }] };
  if (!text.includes('@')) return { id: text };
  return {
    names: [
      { kind: 'mail', value: text },
      { kind: 'upn', value: text },
    ],
  };
}
