import type { FaultList } from '../groups/fault-list.ts';

/** Reads one query parameter: its value, or a description of the values allowed. */
type ReadParameter<T> = (text: string) => { readonly value: T } | { readonly expected: string };

type Parameters = Readonly<Record<string, ReadParameter<unknown>>>;
type Query<P extends Parameters> = {
  readonly [name in keyof P]?: P[name] extends ReadParameter<infer T> ? T : never;
};

/** Parameters that the Functions host reads itself. */
const ofTheHost = new Set(['code', 'clientid']);

/**
 * The parameters of the query; each error is added to `faults`. A parameter that the route does not know is an error:
 * if `dryRun` were misspelled, the change would otherwise be made, and a misspelled `sequence` would be ignored.
 */
export function readQuery<P extends Parameters>(url: string, parameters: P, faults: FaultList): Query<P> {
  const given = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  const query: Record<string, unknown> = {};
  for (const name of new Set(given.keys())) {
    const [text = '', second] = given.getAll(name);
    const read = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const add = (keyword: string, detail: string) =>
      faults.add([{ in: 'query', pointer: pointerTo(name), keyword, detail }]);
    if (read === undefined) {
      if (!ofTheHost.has(name.toLowerCase())) add('additionalProperties', 'is not a parameter of this route');
    } else if (second !== undefined) {
      add('maxItems', 'must occur only once');
    } else {
      const result = read(text);
      if ('value' in result) query[name] = result.value;
      else add('format', `must be ${result.expected}`);
    }
  }
  return query as Query<P>;
}

/** A whole number from 0 to `most`, in digits. */
export function wholeNumber(most: number): ReadParameter<number> {
  return (text) =>
    /^\d{1,16}$/.test(text) && Number(text) <= most
      ? { value: Number(text) }
      : { expected: `a whole number from 0 to ${most}` };
}

export function oneOf<T extends string>(values: readonly T[]): ReadParameter<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value };
  };
}

export const trueOrFalse: ReadParameter<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: 'true or false' };

export const cursorText: ReadParameter<string> = (text) =>
  text.length > 0 && text.length <= 1_024 ? { value: text } : { expected: 'the "next" of another page' };

function pointerTo(name: string): string {
  return `/${name.slice(0, 128).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
