import fc from 'fast-check';
import { type HttpInput, httpInput } from './requests.ts';
import { type Heard, speak, toWire, type WireAnswer } from './wire.ts';

export interface HttpOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly key: string;
  readonly port: () => number;
  /** What is wrong with a response; null: nothing. */
  readonly judge: (heard: Heard, input: HttpInput) => string | null;
  /** Called with every status. */
  readonly count: (status: string) => void;
}

/** Concurrent requests: enough to keep the host busy, few enough to find the one that was at fault. */
const batch = 16;

/** Sends inputs until one gets a wrong response; resolves with the smallest such case, or null. */
export async function fuzzHttp(options: HttpOptions): Promise<string | null> {
  const { inputs, seed, key, port, judge, count } = options;
  const property = fc.asyncProperty(
    fc.array(httpInput, { minLength: 1, maxLength: batch, size: 'max' }),
    async (requests) => {
      const faults = await Promise.all(
        requests.map(async (input) => {
          const heard = await speak(port(), toWire(input, key));
          count(typeof heard === 'string' ? heard : String(heard.status));
          const fault = judge(heard, input);
          return fault === null ? [] : [`${describe(input)}\n  ${fault}`];
        }),
      );
      if (faults.flat().length > 0) throw new Error(faults.flat().join('\n'));
    },
  );
  // Batch lengths are evenly distributed from 1 to 16.
  const numRuns = Math.ceil(inputs / ((batch + 1) / 2));
  const result = await fc.check(property, { seed, numRuns, endOnFailure: false, maxSkipsPerRun: 0 });
  return result.failed
    ? `seed ${seed}, path ${result.counterexamplePath}: ${String(result.errorInstance)}`
    : null;
}

function describe({ method, path, headers, body, chunked }: HttpInput): string {
  const shown =
    body.length > 200 ? `${body.subarray(0, 200).toString('latin1')}… (${body.length} bytes)` : body;
  return `${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${chunked ? 'chunked ' : ''}${JSON.stringify(String(shown))}`;
}

/** For callers who must not learn anything: what a response reveals besides the refusal. */
export function isBareRefusal({ status, body }: WireAnswer): boolean {
  return (
    [400, 401, 403, 404, 411, 413, 414, 431].includes(status) &&
    !/validation-failed|malformed-json|errors/.test(body)
  );
}
