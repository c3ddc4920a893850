/** The 16 names that Graph keeps for itself (learn.microsoft.com: create externalConnection). */
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
 * JSON Schema of a connection id. Whether Graph compares its reserved words with or without case is not
 * documented; the stricter reading is taken. JSON Schema patterns have no flag for that, hence `anyCase`.
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
      description: 'must not begin with "Microsoft", in any case',
      not: { type: 'string', pattern: `^${anyCase('Microsoft')}` },
    },
    {
      description: 'must not be one of the words that Graph reserves, in any case',
      not: { type: 'string', pattern: `^(?:${reservedConnectionIds.map(anyCase).join('|')})$` },
    },
  ],
} as const;

function anyCase(word: string): string {
  return word.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
}

/** The same rule by hand, for the start, when AJV is not loaded yet; a property test holds the two together. */
export function isConnectionId(text: string): boolean {
  const { minLength, maxLength, pattern, allOf } = connectionIdSchema;
  return (
    text.length >= minLength &&
    text.length <= maxLength &&
    new RegExp(pattern).test(text) &&
    allOf.every(({ not }) => !new RegExp(not.pattern).test(text))
  );
}
