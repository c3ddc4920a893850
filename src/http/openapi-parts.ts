export const signatureHeaders = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/** The header parameters of every route that accepts signatures. */
export const signed = ['RequestId', ...signatureHeaders] as const;

/** A reference to a component of the document. */
export function ref(kind: 'schemas' | 'parameters' | 'headers', name: string) {
  return { $ref: `#/components/${kind}/${name}` };
}

export const text = { type: 'string' } as const;
export const dateTime = { type: 'string', format: 'date-time' } as const;
