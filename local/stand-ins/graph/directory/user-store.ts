/** A user of the directory as Graph shows it. */
export interface DirectoryUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly mail?: string | null;
  readonly employeeId?: string | null;
  readonly onPremisesSecurityIdentifier?: string | null;
}

/** The users of the tenant; they can be changed while it runs. */
export interface UserStore {
  all(): readonly DirectoryUser[];
  /** Those whose property has one of these values, in lower case. */
  withAny(property: string, values: Iterable<string>): readonly DirectoryUser[];
  set(users: readonly DirectoryUser[]): void;
  reset(): void;
}

/** Those that exist from the start, so that names can be tried at once. */
export const firstUsers: readonly DirectoryUser[] = [
  {
    id: '6f8d1c1e-52a4-4a0a-9d65-0b7a5c4f0a11',
    userPrincipalName: 'ann@contoso.com',
    mail: 'ann@contoso.com',
    employeeId: '1001',
    onPremisesSecurityIdentifier: 'S-1-5-21-1004336348-1177238915-682003330-1001',
  },
  {
    id: '0d3f9b52-7c1e-4f0b-8a54-2f6e9c7d1b22',
    userPrincipalName: 'bo@contoso.com',
    mail: 'bo.li@contoso.com',
    employeeId: '1002',
  },
  {
    id: 'c2a7e4d8-91b3-4c6f-b0de-58f1a3e67c33',
    userPrincipalName: 'eve_fabrikam.com#EXT#@contoso.com',
    mail: 'eve@fabrikam.com',
  },
  ...['carla', 'dan', 'emil', 'fay', 'gus', 'hana', 'ivo', 'jill', 'kai', 'lena', 'milo', 'nora', 'otto'].map(
    (name, index) => ({
      id: `00000000-0000-4000-8000-${String(index + 4).padStart(12, '0')}`,
      userPrincipalName: `${name}@contoso.com`,
      mail: `${name}@contoso.com`,
      employeeId: String(1_004 + index),
    }),
  ),
];

export function createUserStore(first: readonly DirectoryUser[] = firstUsers): UserStore {
  let users = first;
  let index = new Map<string, Map<string, DirectoryUser[]>>();

  function set(next: readonly DirectoryUser[]): void {
    users = next;
    index = new Map();
  }

  /** Built when first asked for: a tenant of 50,000 is not searched with every request. */
  function indexOf(property: string): Map<string, DirectoryUser[]> {
    const held = index.get(property);
    if (held !== undefined) return held;
    const byValue = Map.groupBy(users, (user) => {
      const value: unknown = Reflect.get(user, property);
      return typeof value === 'string' ? value.toLowerCase() : '';
    });
    byValue.delete('');
    index.set(property, byValue);
    return byValue;
  }

  return {
    all: () => users,
    withAny: (property, values) => [...values].flatMap((value) => indexOf(property).get(value) ?? []),
    set,
    reset: () => set(first),
  };
}
