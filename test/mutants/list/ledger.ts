import { type Mutant, of } from '../mutant.ts';

/** How changes are recorded and brought about. */
export const ledger: readonly Mutant[] = [
  ...of('src/ledger/ledger-store.ts', [
    {
      name: 'own-writes-forgotten',
      words: 'a change whose answer was lost is made again once somebody else has written over it',
      from: 'if (found.head.recent.includes(nonce)) return { head, etag: overwritten };',
      to: '',
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
      from: 'Math.floor(readAt - timing.margin + clock.monotonic() - receivedAt)',
      to: 'Math.floor(readAt + 60_000 + clock.monotonic() - receivedAt)',
    },
  ]),
  ...of('src/ledger/record-change.ts', [
    {
      name: 'unchanged-unchecked',
      words: 'pages that are newer than their head decide that nothing changes',
      from: 'if (asked.length > 0 && !(await isUnchanged(stored, change, left()))) continue;',
      to: '',
    },
    {
      name: 'leases-taken-by-changes',
      words: 'a change is worked on although somebody holds the lease',
      from: 'if (head.lease !== null && isLeased(head, time))',
      to: 'if (head.lease !== null && head.lease.until < 0)',
    },
  ]),
  ...of('src/ledger/commit.ts', [
    {
      name: 'recorded-by-the-look-alone',
      words: 'a state counts as written when its look is sent',
      from: 'const written = await store.write(before, named, within());\n  if (written === null) return null;',
      to: "const written = (await store.write(before, named, within())) ?? { head: named.head, etag: '*' };",
    },
    {
      name: 'stale-look-named',
      words: 'a record names a look that was sent before',
      from: 'const look = state.head.look + 1;',
      to: 'const look = state.head.look;',
    },
    {
      name: 'old-look-named',
      words: 'a record names a look that may have been dropped',
      from: 'if (clock.monotonic() - sentAt > timing.fresh) return null;',
      to: '',
    },
    {
      name: 'work-forgotten',
      words: 'work that is left for later is not resumed',
      from: 'const receipt = await looks.send(message, delay, within());',
      to: "const receipt = delay > 60_000 ? { messageId: '', popReceipt: '', insertedOn: 0 } : await looks.send(message, delay, within());",
    },
    {
      name: 'deletion-undated',
      words: 'a deletion has no time, so that nothing was queued before it',
      from: 'isDeletion ? { deletedAt: receipt.insertedOn } : {}',
      to: '{}',
      worlds: ['creations'],
    },
    {
      name: 'deletion-dated-early',
      words: 'a deletion counts from three seconds before it was said',
      from: '{ deletedAt: receipt.insertedOn }',
      to: '{ deletedAt: receipt.insertedOn - 3_000 }',
      worlds: ['creations'],
    },
  ]),
  ...of('src/ledger/look.ts', [
    {
      name: 'looks-forgotten',
      words: 'a look that comes too early is not sent again',
      from: 'if (due > time) return postpone(plain, due - time);',
      to: 'if (due > time) return;',
      isShort: true,
    },
    {
      name: 'unrecorded-looks-dropped',
      words: 'a look whose record is not there yet is dropped',
      from: 'if (times < maxPostponements) await postpone',
      to: 'if (times < 0) await postpone',
    },
    {
      name: 'acknowledged-when-busy',
      words: 'a look is dropped because somebody else is at work',
      from: 'return postpone(plain, Math.max(1_000, head.lease.until - time));',
      to: 'return;',
    },
  ]),
  ...of('src/ledger/rounds.ts', [
    {
      name: 'lost-lease-unnoticed',
      words: 'answers count although somebody else has taken the lease',
      from: 'if (reading.stored?.head.lease?.owner !== owner)',
      to: 'if (!reading.stored)',
    },
    {
      name: 'lease-kept',
      words: 'a worker that has done its part keeps the lease',
      from: 'next === null ? released(applied.state) : next.state;',
      to: 'next === null ? applied.state : next.state;',
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
      from: 'if (notServed.includes(answer.kind)) isEnded = true;',
      to: "if (notServed.includes(answer.kind)) isEnded ||= answer.kind !== 'denied';",
    },
  ]),
  ...of('src/ledger/groups-gone.ts', [
    {
      name: 'same-second-creates',
      words: 'a creation that was queued in the second of a deletion brings the group back',
      from: 'secondOf(stored.head.deletedAt) >= secondOf(queuedOn)',
      to: 'secondOf(stored.head.deletedAt) > secondOf(queuedOn)',
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
  ...of('src/ledger/sweep/sweeper.ts', [
    {
      name: 'claims-ignored',
      words: 'a step of a walk is made although somebody has it',
      from: 'if (record.isClaimed && record.until > now()) return;',
      to: '',
    },
    {
      name: 'walks-twice',
      words: 'a walk begins although one is under way',
      from: 'stored === null || stored.record.until <= now()',
      to: 'stored !== undefined',
    },
    {
      name: 'next-step-not-sent',
      words: 'a walk that has more to do stops',
      from: 'await steps.send({ sweep, run, step: step + 1 }, end.delay, within);',
      to: '{}',
    },
  ]),
  ...of('src/ledger/sweep/verify-group.ts', [
    {
      name: 'verification-believes-one-404',
      words: 'a verification believes the first 404',
      from: "if (options.missing !== stored.etag) return { kind: 'missing' };",
      to: '',
    },
    {
      name: 'drift-not-repaired',
      words: 'a group that somebody has changed is taken for as declared',
      from: 'if (!sameContent({ ...read.group, id: groupId }, declared))',
      to: 'if (sameContent({ ...read.group, id: groupId }, { ...declared, id: connectionId }))',
    },
  ]),
  ...of('src/ledger/sweep/verification.ts', [
    {
      name: 'unread-passed-over',
      words: 'a group that could not be read is left to the next verification',
      from: 'left.set(groupId, { groupId, due: now() + (retryAfter ?? readAgain) });',
      to: '',
    },
  ]),
  ...of('src/ledger/change-worker.ts', [
    {
      name: 'unrecorded-is-complete',
      words: 'a queued change that could not be recorded is done',
      from: "return tryAgain(outcome.code === 'directory-access-denied' ? againWhenGranted : again, outcome, item);",
      to: "return 'done';",
    },
    {
      name: 'poison-look-dropped',
      words: 'a look that crashed again and again is not sent again',
      from: "item.content.kind === 'look' ? resend(item, lookAgainAfter) : refuse(item, crashed);",
      to: "item.content.kind === 'look' ? Promise.resolve() : refuse(item, crashed);",
    },
  ]),
];
