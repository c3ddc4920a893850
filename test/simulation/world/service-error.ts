/** An error as the storage SDKs give it: `statusCode` and `code` are what the product looks at. */
export function serviceError(statusCode: number, code: string): Error {
  const error = new Error(`${statusCode} ${code}`);
  return Object.assign(error, { name: 'RestError', statusCode, code, details: { errorCode: code } });
}

/** The connection broke: whether the call was carried out cannot be told from it. */
export function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { name: 'RestError', code: 'ECONNRESET' });
}

export function abortError(): Error {
  return Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
}

export function serverBusy(): never {
  throw serviceError(503, 'ServerBusy');
}

/** An error of the server, which may have carried the call out all the same. */
export function failing(perform: () => unknown, coin: () => boolean): never {
  if (!coin()) return serverBusy();
  perform();
  throw serviceError(500, 'OperationTimedOut');
}
