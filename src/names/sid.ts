const entraSid = /^S-1-12-1-(\d{1,10})-(\d{1,10})-(\d{1,10})-(\d{1,10})$/i;

/**
 * The object id in an Entra SID: its last four parts are the GUID's bytes as little-endian 32-bit numbers. Null: it is
 * the SID of something else, which the directory must be asked about.
 */
export function objectIdOfSid(sid: string): string | null {
  const parts = entraSid.exec(sid)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 0xffffffff)) return null;
  const bytes = Buffer.alloc(16);
  for (const [at, part] of parts.entries()) bytes.writeUInt32LE(part, at * 4);
  const hex = (from: number, to: number) => bytes.subarray(from, to).toString('hex');
  const swapped = (from: number, to: number) =>
    Buffer.from(bytes.subarray(from, to)).reverse().toString('hex');
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join('-');
}
