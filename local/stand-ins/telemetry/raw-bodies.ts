/** One request body as it arrived, unpacked. */
export interface RawBody {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly path: string;
  readonly body: Buffer;
}

/** The newest bodies up to a number of bytes, so that a test can search every byte that left the process. */
interface RawBodies {
  push(body: RawBody): void;
  all(): readonly RawBody[];
  /** The kept bodies whose bytes contain a text. */
  search(text: string): readonly RawBody[];
  clear(): void;
}

export function createRawBodies(maxBytes: number): RawBodies {
  let kept: RawBody[] = [];
  let bytes = 0;
  return {
    push(body) {
      kept.push(body);
      bytes += body.body.length;
      while (bytes > maxBytes && kept.length > 1) bytes -= kept.shift()?.body.length ?? 0;
    },
    all: () => kept.slice(),
    search: (text) => kept.filter(({ body }) => body.includes(text)),
    clear() {
      kept = [];
      bytes = 0;
    },
  };
}
