/** What timers and calls belong to: an instance of the app, a caller, an operator. All of it ends with its owner. */
export interface Owner {
  readonly name: string;
  readonly isAlive: () => boolean;
  /** Stalled, as a process is that gets no processor: nothing reaches it, and its timers are late. */
  readonly isStalled: () => boolean;
}

interface Timer {
  readonly owner: Owner;
  readonly at: number;
  readonly then: () => void;
}

/** The true time of a run, in milliseconds since 1970. It stands still until the scheduler moves it. */
export interface VirtualTime {
  readonly now: () => number;
  readonly after: (owner: Owner, milliseconds: number, then: () => void) => () => void;
  /** When the next timer is due; null: there is none. */
  readonly nextTimer: () => number | null;
  /** Moves the time on, but never past a timer: that one is fired, and the time stands at it. */
  readonly moveTo: (time: number) => void;
  readonly dropTimersOf: (owner: Owner) => void;
}

export function createVirtualTime(startedAt: number): VirtualTime {
  let time = startedAt;
  let timers: Timer[] = [];

  function first(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers)
      if ((found === undefined || timer.at < found.at) && !timer.owner.isStalled()) found = timer;
    return found;
  }

  return {
    now: () => time,
    after: (owner, milliseconds, then) => {
      const timer = { owner, at: time + Math.max(0, milliseconds), then };
      timers.push(timer);
      return () => {
        const index = timers.indexOf(timer);
        if (index >= 0) timers.splice(index, 1);
      };
    },
    nextTimer: () => first()?.at ?? null,
    moveTo: (to) => {
      const timer = first();
      if (timer === undefined || timer.at > to) {
        time = Math.max(time, to);
        return;
      }
      timers.splice(timers.indexOf(timer), 1);
      time = Math.max(time, timer.at);
      timer.then();
    },
    dropTimersOf: (owner) => {
      timers = timers.filter((timer) => timer.owner !== owner);
    },
  };
}
