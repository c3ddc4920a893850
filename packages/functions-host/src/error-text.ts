/** One sentence for anything thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(errorText).join('; ');
  if (error instanceof Error) {
    const message = error.message || error.name;
    // A storage error may say only "Unexpected status code: 403"; its code says why.
    const named = 'code' in error && message.startsWith('Unexpected status code');
    return named ? `${error.code}: ${message}` : message;
  }
  if (typeof error === 'string') return error;
  try {
    return JSON.stringify(error) ?? String(error);
  } catch {
    return String(error);
  }
}

/** The stack if there is one: for errors that nobody caught. */
export function errorStack(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : errorText(error);
}
