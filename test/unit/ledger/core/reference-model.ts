/**
 * The ledger's rules a second time, as briefly as possible: one group, members 0 … n-1, all times relative to now
 * (0: passed). An exhaustive search over these rules found every reachable state of small configurations safe and live;
 * a property test compares the product's own functions with them.
 */

/** The desired state of the group: 0 gone, 9 unspecified, 1 and 2: present with such properties. */
export const gone = 0;
export const unspecified = 9;
export type Step = 'todo' | 'again' | 'done' | 'refused';

export interface ModelEntry {
  w: number;
  s: Step;
  /** Horizons of writes for the current want, and for earlier ones. */
  c: number;
  l: number;
  /** One 404 has been received. */
  d: number;
  /** The sequence; 0: none. */
  q: number;
}

export interface ModelHead extends ModelEntry {
  seen: number;
  ending: number;
  watermark: number;
  m: (ModelEntry | null)[];
  /** A delay before the next round; given up. */
  nx: number;
  up: number;
}

export type ModelChange = { readonly q: number } & (
  | { readonly k: 'put'; readonly p: number }
  | { readonly k: 'del' }
  | { readonly k: 'add' | 'rem'; readonly i: number }
  | { readonly k: 'set'; readonly mask: number }
  | { readonly k: 'seq' }
);

export interface ModelCall {
  readonly x: 'g' | number;
  readonly o: string;
  readonly fin: boolean;
  readonly prev: number;
  readonly my: number;
  res: string;
}

const entry = (w: number, q: number): ModelEntry => ({ w, s: 'todo', c: 0, l: 0, d: 0, q });

function flip(r: ModelEntry, w: number, q: number): void {
  r.l = Math.max(r.l, r.c);
  r.c = 0;
  r.w = w;
  r.s = 'todo';
  r.d = 0;
  r.q = q;
}

export function record(h: ModelHead, ch: ModelChange): boolean {
  const q = ch.q;
  const older = (r: ModelEntry | null | undefined) => q > 0 && q <= Math.max(h.watermark, r?.q ?? 0);
  let changed = false;
  const member = (i: number, w: number) => {
    const r = h.m[i];
    if (older(r)) return;
    if (w === 0 && h.w === gone) {
      // Nobody is a member of a deleted group: only the sequence is remembered.
      const isNew = r === null || r === undefined || r.w === 1 || r.s !== 'done' || q > r.q;
      if (isNew) h.m[i] = { ...entry(0, q), s: 'done' };
      changed ||= isNew;
    } else if (r === null || r === undefined) {
      h.m[i] = entry(w, q);
      changed = true;
    } else if (r.w !== w) {
      flip(r, w, q);
      changed = true;
    } else if (r.s === 'refused') {
      r.s = 'todo';
      r.d = 0;
      r.q = Math.max(r.q, q);
      changed = true;
    } else if (q > r.q) {
      r.q = q;
      changed = true;
    }
  };
  // Whatever names a group that was refused tries it again.
  const tryGroupAgain = () => {
    if (h.s === 'refused') {
      h.s = 'todo';
      changed = true;
    }
  };
  const raiseWatermark = () => {
    if (q > h.watermark) {
      h.watermark = q;
      changed = true;
    }
    for (const r of h.m) if (r !== null && r.q <= h.watermark) r.q = 0;
  };
  switch (ch.k) {
    case 'seq':
      // All that there is counts as of q.
      changed = h.q !== q || h.watermark !== q || h.m.some((r) => r !== null && r.q > q);
      h.q = q;
      h.watermark = q;
      for (const r of h.m) if (r !== null) r.q = 0;
      break;
    case 'put':
      if (q > 0 && q <= h.q) break;
      if (h.w === ch.p) {
        tryGroupAgain();
        if (q > h.q) {
          h.q = q;
          changed = true;
        }
        break;
      }
      changed = true;
      if (h.ending) {
        tryGroupAgain();
        h.w = ch.p;
        h.q = q;
      } else flip(h, ch.p, q);
      break;
    case 'del': {
      const applies = !(q > 0 && q <= h.q);
      if (applies && h.w !== gone) {
        changed = true;
        h.w = gone;
        h.q = q;
        if (h.ending) tryGroupAgain();
        else {
          h.ending = 1;
          h.s = 'todo';
          h.d = 0;
          h.l = Math.max(h.l, h.c);
          h.c = 0;
          for (const r of h.m) if (r !== null) h.l = Math.max(h.l, r.c, r.l);
        }
      } else if (applies) {
        tryGroupAgain();
        if (q > h.q) {
          h.q = q;
          changed = true;
        }
      }
      for (const [i, r] of h.m.entries()) {
        if (r === null) continue;
        if (h.w !== gone) member(i, 0);
        else if (older(r)) h.m[i] = { ...entry(r.w, r.q), s: r.w ? 'todo' : 'done' };
        else {
          h.m[i] = null;
          changed = true;
        }
      }
      raiseWatermark();
      break;
    }
    case 'add':
      member(ch.i, 1);
      break;
    case 'rem':
      member(ch.i, 0);
      break;
    case 'set':
      for (const [i, r] of h.m.entries()) {
        if ((ch.mask >> i) & 1) member(i, 1);
        else if (r !== null) member(i, 0);
      }
      raiseWatermark();
      break;
  }
  if (changed) {
    h.nx = 0;
    h.up = 0;
  }
  return changed;
}

export const isGroupDone = (h: ModelHead) => h.ending === 0 && (h.w === unspecified || h.s === 'done');
export const isSettled = (h: ModelHead) =>
  isGroupDone(h) && (h.w === gone || h.m.every((r) => r === null || r.s === 'done'));
const isDue = (r: ModelEntry) => r.s === 'todo' || (r.s === 'again' && r.l === 0);

export function chunkOf(h: ModelHead): ('g' | number)[] {
  if (h.up) return [];
  if (!isGroupDone(h) && isDue(h)) return ['g'];
  if (h.w === gone || h.ending || (h.w !== unspecified && h.s === 'todo')) return [];
  if (h.s === 'refused' && !h.seen) return [];
  const due = h.m.flatMap((r, i) => (r !== null && isDue(r) ? [{ r, i }] : []));
  return due.sort((a, b) => a.r.w - b.r.w).map(({ i }) => i);
}

/** Marks what is due: `land` from now. Additions wait while it is in doubt whether there is a group. */
export function mark(h: ModelHead, land: number): ModelCall[] {
  const isInDoubt = h.d === 1 && (h.s === 'todo' || h.s === 'again');
  const isHeldBack = (x: 'g' | number) => isInDoubt && x !== 'g' && h.m[x]?.w === 1;
  const chosen = chunkOf(h).filter((x) => !isHeldBack(x));
  return chosen.map((x) => {
    const r = x === 'g' ? h : (h.m[x] ?? entry(0, 0));
    const o = x === 'g' ? (h.ending ? 'X' : h.seen ? `P${h.w}` : `C${h.w}`) : `${r.w ? 'A' : 'R'}${x}`;
    const fin = r.l === 0 && (o !== 'X' || r.c === 0);
    const call = { x, o, fin, prev: r.c, my: land, res: '' };
    r.c = land;
    return call;
  });
}

/** Applies answers: `ok`, `400`, `404`, `409`, `429`, `amb` (none), `not` (not begun). */
export function learn(h: ModelHead, calls: readonly ModelCall[], unsure: number): void {
  let failed = false;
  for (const op of calls) {
    const r = op.x === 'g' ? h : h.m[op.x];
    if (op.res === 'amb' || op.res === '429') failed = true;
    if (r === null || r === undefined) continue;
    const isSame =
      op.o === 'X'
        ? h.ending === 1
        : op.x === 'g'
          ? h.ending === 0 && h.w === Number(op.o[1])
          : h.ending === 0 && r.w === (op.o[0] === 'A' ? 1 : 0);
    if (!isSame) continue;
    if (op.res !== 'amb' && r.c === op.my) r.c = op.prev;
    if (op.res === 'amb') {
      r.s = 'todo';
      continue;
    }
    if (op.res === '429' || op.res === 'not') continue;
    if (op.res === '400') {
      r.s = 'refused';
      r.d = 0;
      continue;
    }
    const final = op.fin && r.l === 0;
    const finish = () => {
      r.s = final ? 'done' : 'again';
      r.d = 0;
    };
    const believed = () => {
      if (r.d === 1 && final) return true;
      if (final) r.d = 1;
      r.l = Math.max(r.l, unsure);
      r.s = 'again';
      return false;
    };
    if (op.o[0] === 'A') {
      if (op.res === 'ok') finish();
      else {
        failed = true;
        if (h.w !== unspecified && h.s === 'done') h.s = 'todo';
      }
    } else if (op.o[0] === 'R') {
      if (op.res === 'ok' || believed()) finish();
    } else if (op.o === 'X') {
      if (op.res === 'ok' || believed()) {
        if (final) {
          h.ending = 0;
          h.seen = 0;
          h.d = 0;
          h.s = h.w === gone ? 'done' : 'todo';
          h.l = 0;
          h.c = 0;
        } else {
          h.s = 'again';
          h.d = 0;
        }
      }
      if (h.ending) {
        h.l = Math.max(h.l, h.c);
        h.c = 0;
      }
    } else if (op.o[0] === 'C') {
      h.seen = 1;
      if (op.res === 'ok') finish();
      else r.s = 'todo';
    } else if (op.res === 'ok') finish();
    else if (believed()) {
      h.seen = 0;
      h.s = 'todo';
      h.d = 0;
      for (const m of h.m)
        if (m?.w && m.s !== 'refused') {
          m.s = 'todo';
          m.d = 0;
        }
    }
  }
  h.nx = failed ? 1 : 0;
}

/** Forgets what is no longer needed. */
export function tidy(h: ModelHead): void {
  h.m = h.m.map((r) =>
    r !== null && r.w === 0 && r.s === 'done' && r.c === 0 && r.l === 0 && r.q <= h.watermark ? null : r,
  );
}

/** Advances the time. */
export function pass(h: ModelHead, calls: readonly ModelCall[], milliseconds: number): ModelCall[] {
  const less = (n: number) => Math.max(0, n - milliseconds);
  for (const r of [h, ...h.m]) {
    if (r === null) continue;
    r.c = less(r.c);
    r.l = less(r.l);
  }
  tidy(h);
  return calls.map((call) => ({ ...call, prev: less(call.prev), my: less(call.my) }));
}
