/** The 16 names that Graph reserves (learn.microsoft.com: create externalConnection). */
export const reservedConnectionIds = [
  'None',
  'Directory',
  'Exchange',
  'ExchangeArchive',
  'LinkedIn',
  'Mailbox',
  'OneDriveBusiness',
  'SharePoint',
  'Teams',
  'Yammer',
  'Connectors',
  'TaskFabric',
  'PowerBI',
  'Assistant',
  'TopicEngine',
  'MSFT_All_Connectors',
] as const;

/**
 * JSON Schema of a connection id. Whether Graph compares its reserved words case-sensitively is undocumented; the
 * stricter reading is used. JSON Schema patterns have no flag for that, hence `anyCase`.
 */
export const connectionIdSchema = {
  type: 'string',
  title: 'Connection id',
  description: 'Id of the Microsoft Graph external connection that the group belongs to.',
  minLength: 3,
  maxLength: 32,
  pattern: '^[A-Za-z0-9]*$',
  allOf: [
    {
      description: 'must not start with "Microsoft", in upper or lower case',
      not: { type: 'string', pattern: `^${anyCase('Microsoft')}` },
    },
    {
      description: 'must not be a word that Graph reserves, in upper or lower case',
      not: { type: 'string', pattern: `^(?:${reservedConnectionIds.map(anyCase).join('|')})$` },
    },
  ],
} as const;

function anyCase(word: string): string {
  return word.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
}

/** The same rule without AJV, which is not loaded yet at start; a property test compares the two. */
export function isConnectionId(text: string): boolean {
  const { minLength, maxLength, pattern, allOf } = connectionIdSchema;
  return (
    text.length >= minLength &&
    text.length <= maxLength &&
    new RegExp(pattern).test(text) &&
    allOf.every(({ not }) => !new RegExp(not.pattern).test(text))
  );
}

/** The spelling under which a connection is served; null: it is not served. */
export type CanonicalId = (connectionId: string) => string | null;

/**
 * Ids that differ only in case are one connection, because Graph's own rule is unknown; the spelling of the list counts.
 * Without a list (null), every connection is served in the spelling given.
 */
export function createCanonicalId(listed: Iterable<string> | null): CanonicalId {
  if (listed === null) return (connectionId) => connectionId;
  const spellings = new Map([...listed].map((id) => [id.toLowerCase(), id]));
  return (connectionId) => spellings.get(connectionId.toLowerCase()) ?? null;
}
