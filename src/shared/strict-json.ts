import { isUtf8 } from 'node:buffer';
import { finish, type Steps } from './steps.ts';

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  /**
   * Both continue a sentence whose subject is the text ("is not UTF-8"); `detail` may repeat a name from it, so it must
   * not be logged.
   */
  | { readonly ok: false; readonly fault: string; readonly detail: string };

/**
 * JSON from bytes, refusing anything that two parsers could read differently (bytes that are not UTF-8, a byte order
 * mark, a duplicate name in one object) and far more objects or arrays than any message here has.
 */
export function readStrictJson(bytes: Buffer): StrictJson {
  return finish(readStrictJsonInSteps(bytes));
}

/** The same for a text that may be long: 3 MiB take some 60 ms of processor time. */
export function* readStrictJsonInSteps(bytes: Buffer): Steps<StrictJson> {
  if (bytes.length === 0) return fault('is empty');
  if (!isUtf8(bytes)) return fault('is not UTF-8');
  const text = bytes.toString('utf8');
  yield;
  if (yield* hasTooMany(text))
    return fault(`has more than ${maxContainers.toLocaleString('en')} objects and arrays`);
  if (text.startsWith('\uFEFF')) return fault('starts with a byte order mark');
  yield;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fault('is not JSON');
  }
  yield;
  const twice = yield* nameGivenTwice(text);
  return twice === null
    ? { ok: true, value }
    : fault(
        'has a name twice in one object',
        `has the name ${JSON.stringify(twice.slice(0, 128))} twice in one object`,
      );
}

function fault(what: string, detail = what): StrictJson {
  return { ok: false, fault: what, detail };
}

/** Characters of one step: about a millisecond. */
const stepCharacters = 64 * 1024;

/** Four times what a list of 50,000 members has. Two million of them would keep the event loop busy for a second. */
const maxContainers = 200_000;

const quote = 0x22;
const colon = 0x3a;
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/**
 * `JSON.parse` silently keeps the last of two equal names; a proxy in front may have looked at the first. The text is
 * known to be JSON, so quotes, brackets and colons tell where the names are. Not recursive: a body of nothing but
 * brackets would overflow the stack. One pass without regular expressions: a body can have 4 MiB.
 */
function* nameGivenTwice(text: string): Steps<string | null> {
  const namesByDepth: (Set<string> | undefined)[] = [];
  let depth = 0;
  let start = 0;
  let end = 0;
  let pause = stepCharacters;
  for (let at = 0; at < text.length; at += 1) {
    if (at >= pause) {
      yield;
      pause = at + stepCharacters;
    }
    const character = text.charCodeAt(at);
    if (character === quote) {
      start = at;
      at = endOfString(text, at);
      end = at;
    } else if (openers.has(character)) {
      depth += 1;
      namesByDepth[depth]?.clear();
    } else if (closers.has(character)) {
      depth -= 1;
    } else if (character === colon) {
      const raw = text.slice(start + 1, end);
      const name = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
      const names = namesByDepth[depth] ?? new Set();
      namesByDepth[depth] = names;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return null;
}

/** Of any text, JSON or not. */
function* hasTooMany(text: string): Steps<boolean> {
  let count = 0;
  let pause = stepCharacters;
  for (let at = 0; at < text.length; at += 1) {
    if (at >= pause) {
      yield;
      pause = at + stepCharacters;
    }
    const character = text.charCodeAt(at);
    if (character === quote) at = endOfString(text, at);
    else if (openers.has(character)) {
      count += 1;
      if (count > maxContainers) return true;
    }
  }
  return false;
}

/** The position of the closing quote of the string that begins at `start`; that of the end if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    if (end < 0) return text.length;
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
}
