import { type Mutant, of } from '../mutant.ts';

/** How changes are recorded and brought about. */
export const ledger: readonly Mutant[] = [
  ...of('src/ledger/ledger-store.ts', [
    {
      name: 'own-writes-forgotten',
      words: 'a change whose answer was lost is made again once somebody else has written over it',
      from: 'if (found.head.recent.includes(nonce)) return { head, etag: overwritten };',
      to: '',
      isShort: true,
    },
    {
      name: 'own-write-not-recognised',
      words: 'a write whose answer was lost counts as a race that was lost',
      from: 'if (found.nonce === nonce) return { head, etag: entity.etag };',
      to: '',
    },
    {
      name: 'recent-writes-not-kept',
      words: 'a head remembers no earlier write than its own',
      from: '[...after.head.recent, nonce]',
      to: '[nonce]',
    },
    {
      name: 'lost-race-counts',
      words: 'a state that somebody else has overtaken counts as written',
      from: 'if (isLostRace(thrown)) return null;\n      throw thrown;',
      to: "if (isLostRace(thrown)) return { head, etag: '*' };\n      throw thrown;",
    },
    {
      name: 'storage-time-ahead',
      words: 'times are not held back by what front ends of storage may differ',
      from: 'Math.floor(readAt - margin + clock.monotonic() - receivedAt)',
      to: 'Math.floor(readAt + 60_000 + clock.monotonic() - receivedAt)',
    },
  ]),
  ...of('src/ledger/record-change.ts', [
    {
      name: 'recorded-by-the-look-alone',
      words: 'a change counts as recorded when its look is sent',
      from: 'const written = await store.write(stored, withLook(work.state, look), left());\n      if (written === null) continue;',
      to: "const written = (await store.write(stored, withLook(work.state, look), left())) ?? { head: work.state.head, etag: '*' };",
    },
    {
      name: 'stale-look-sent',
      words: 'a record names a look that was sent before',
      from: 'const look = state.head.look + 1;',
      to: 'const look = state.head.look;',
    },
    {
      name: 'unchanged-unchecked',
      words: 'pages that are newer than their head decide that nothing changes',
      from: 'if (asked.length > 0 && !(await isUnchanged(stored, change, left()))) continue;',
      to: '',
    },
    {
      name: 'old-look-named',
      words: 'a record names a look that may have been dropped',
      from: 'if (clock.monotonic() - sentAt > timing.fresh) continue;',
      to: '',
    },
    {
      name: 'leases-taken-by-changes',
      words: 'a change is worked on although somebody holds the lease',
      from: 'if (head.lease !== null && isLeased(head, time))',
      to: 'if (head.lease !== null && head.lease.until < 0)',
    },
  ]),
  ...of('src/ledger/look.ts', [
    {
      name: 'looks-forgotten',
      words: 'a look that comes too early is not sent again',
      from: 'if (due > time) return putOff(plain, due - time);',
      to: 'if (due > time) return;',
      isShort: true,
    },
    {
      name: 'unrecorded-looks-dropped',
      words: 'a look whose record is not there yet is dropped',
      from: 'if (times < maxPutOffs) await putOff',
      to: 'if (times < 0) await putOff',
    },
    {
      name: 'acknowledged-when-busy',
      words: 'a look is dropped because somebody else is at work',
      from: 'return putOff(plain, Math.max(1_000, head.lease.until - time));',
      to: 'return;',
    },
    {
      name: 'look-resends-its-number',
      words: 'the look of a worker has the number of the one before',
      from: 'look: number + 1 };',
      to: 'look: number };',
    },
  ]),
  ...of('src/ledger/rounds.ts', [
    {
      name: 'work-forgotten',
      words: 'work that is left for later is not resumed',
      from: 'look = await looks.send({ connectionId, groupId, look: number }, delay, options.storageWithin());',
      to: 'if (next !== null) look = await looks.send({ connectionId, groupId, look: number }, delay, options.storageWithin());',
    },
    {
      name: 'lost-lease-unnoticed',
      words: 'answers count although somebody else has taken the lease',
      from: 'if (reading.stored?.head.lease?.owner !== owner)',
      to: 'if (!reading.stored)',
      isShort: true,
    },
    {
      name: 'lease-kept',
      words: 'a worker that has done its part keeps the lease',
      from: 'withLook(next === null ? givenBack(applied.state) : next.state, number)',
      to: 'withLook(next === null ? applied.state : next.state, number)',
    },
    {
      name: 'next-chunk-marked-late',
      words: 'the calls of the next chunk are made before their marks are written',
      from: 'const [time, markedAt] = [now(), clock.monotonic()];',
      to: 'const [time, markedAt] = [now() - 120_000, clock.monotonic()];',
    },
  ]),
  ...of('src/ledger/call-graph.ts', [
    {
      name: 'window-ignored',
      words: 'a call begins long after its mark',
      from: 'now < beginUntil && now - markedAt <= timing.window',
      to: 'now < beginUntil',
    },
    {
      name: 'additions-first',
      words: 'additions are made together with removals',
      from: "await makeAll(calls.filter(({ write }) => write.kind !== 'add-member'));\n  await makeAll(additions);",
      to: 'await makeAll(calls);',
    },
    {
      name: 'denied-goes-on',
      words: 'calls go on after Graph has refused the identity',
      from: "answer.kind === 'silent' || answer.kind === 'not-begun' || answer.kind === 'denied'",
      to: "answer.kind === 'silent' || answer.kind === 'not-begun'",
    },
  ]),
  ...of('src/ledger/groups-gone.ts', [
    {
      name: 'same-second-creates',
      words: 'a creation that was queued in the second of a deletion brings the group back',
      from: 'stored.head.deletedAt >= Date.parse(time)',
      to: 'stored.head.deletedAt > Date.parse(time)',
      worlds: ['creations'],
    },
    {
      name: 'deletions-not-asked',
      words: 'a queued creation brings back what was deleted after it',
      from: "if (stored === null || stored.head.want.kind !== 'gone') return false;",
      to: 'if (stored !== null) return false;',
      worlds: ['creations'],
      isShort: true,
    },
  ]),
  ...of('src/ledger/sweep/hourly-pass.ts', [
    {
      name: 'overdue-not-woken',
      words: 'what waits for a look that is gone waits for ever',
      from: 'const isOverdue = !isResting(head)',
      to: 'const isOverdue = isResting(head)',
    },
    {
      name: 'forgotten-at-once',
      words: 'a deleted group is forgotten by the next hourly pass',
      from: 'head.deletedAt + timing.remembered > now',
      to: 'head.deletedAt > now',
    },
  ]),
  ...of('src/ledger/sweep/verify-group.ts', [
    {
      name: 'drift-not-repaired',
      words: 'a group that somebody has changed is taken for as declared',
      from: 'if (!sameContent({ ...read.group, id: groupId }, declared))',
      to: 'if (read === null)',
    },
    {
      name: 'one-404-believed',
      words: 'a group is missing when Graph says so once',
      from: 'if (options.missing !== stored.etag)',
      to: "if (options.missing === 'never')",
    },
  ]),
  ...of('src/ledger/sweep/verification.ts', [
    {
      name: 'unread-passed-over',
      words: 'a group that Graph did not show is not read again in the same run',
      from: 'left.set(groupId, { groupId, due: now() + (retryAfter ?? readAgain) });',
      to: 'left.delete(groupId);',
    },
  ]),
  ...of('src/ledger/sweep/sweeper.ts', [
    {
      name: 'walk-begun-twice',
      words: 'a walk that is under way is begun once more',
      from: 'if (stored === null || stored.record.until <= now())',
      to: 'if (stored === null || stored.record.run !== newId())',
    },
  ]),
  ...of('src/ledger/change-kind.ts', [
    {
      name: 'unrecorded-is-complete',
      words: 'a queued change that could not be recorded is done',
      from: "kind === 'unrecorded'\n            ? again",
      to: "kind === 'unrecorded'\n            ? complete",
    },
  ]),
];
