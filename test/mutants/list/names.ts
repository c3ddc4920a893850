import { type Mutant, of } from '../mutant.ts';

/** Members by name: who is meant, who goes, who stays, and what is refused. */
export const names: readonly Mutant[] = [
  ...of('src/ledger/core/named-members.ts', [
    {
      name: 'declared-by-stays',
      words: 'removing by a name leaves whoever was declared by it',
      from: 'removed.push(...holders.filter((member) => !isAdded(member)));',
      to: '',
    },
    {
      name: 'former-holder-stays',
      words: 'whoever was declared by a name stays when it is somebody else’s',
      from: 'removed: [...removed, ...formerHolders],',
      to: 'removed,',
    },
    {
      name: 'unknown-removal-is-done',
      words: 'removing by a name of which nothing is known is a success',
      from: 'if (holders.length === 0 && !isFound) unmatched.push(at);',
      to: '',
    },
    {
      name: 'unfound-go-from-lists',
      words: 'an exact list removes whoever was declared by a name that nobody has any more',
      from: 'return nameHash !== undefined && wanted && (change.unresolved?.includes(nameHash) ?? false);',
      to: 'return false;',
    },
    {
      name: 'outdated-names-add',
      words: 'an older change adds whoever has a name by now of which a later one has spoken',
      from: 'othersByName(member, byName).some(isLater)',
      to: 'othersByName(member, byName).some(() => false)',
    },
  ]),
  ...of('src/ledger/core/change-members.ts', [
    {
      name: 'unfinished-list-is-done',
      words: 'a list with a name that nobody has is superseded by itself when the account is there',
      from: 'recordedAs: isUnfinished ? justBefore(sequence) : sequence, now };',
      to: 'recordedAs: sequence, now };',
    },
  ]),
  ...of('src/ledger/core/set-members.ts', [
    {
      name: 'name-lost-by-removal',
      words: 'whoever is removed is no longer known by the name by which they were declared',
      from: 'wanted ? member.nameHash : (held?.nameHash ?? member.nameHash);',
      to: 'member.nameHash;',
    },
    {
      name: 'name-not-replaced',
      words: 'declared by another name, somebody is known by the first one',
      from: 'else if (held.nameHash !== nameHash) set(held);',
      to: '',
    },
  ]),
  ...of('src/ledger/resolve-change.ts', [
    {
      name: 'ambiguous-removal-is-done',
      words: 'removing by a name that several have is a success',
      from: "removed.faults.filter(({ detail }) => detail === 'ambiguous');",
      to: "removed.faults.filter(({ detail }) => detail === 'ambiguous' && change.kind === undefined);",
    },
    {
      name: 'contradiction-passes',
      words: 'a change may add whom it removes by another name',
      from: 'if (contradictions.length > 0) {',
      to: 'if (contradictions.length > 99) {',
    },
  ]),
  ...of('src/ledger/declare-by-name.ts', [
    {
      name: 'refused-names-unsaid',
      words: 'a name that stands for nobody is left out without a word',
      from: 'if (errors.length === 0) return declared;',
      to: 'if (errors.length >= 0) return declared;',
      isShort: true,
    },
  ]),
  ...of('src/ledger/change-worker.ts', [
    {
      name: 'unfound-acknowledged',
      words: 'a queued change is done although somebody in it was not found',
      from: 'return tryAgain(againForNames, { ...outcome, why: outcome.kind }, item);',
      to: "return 'done';",
    },
  ]),
  ...of('src/names/look-up-names.ts', [
    {
      name: 'sight-not-required',
      words: 'an empty answer is believed of an identity that has never found anybody',
      from: 'if (await readable.has(kind)) return;',
      to: 'return;',
      worlds: ['declarations'],
    },
  ]),
  ...of('src/graph/users.ts', [
    {
      name: 'refusal-is-nobody',
      words: 'a directory that denies access, or fails, is taken for one where nobody has the name',
      from: 'if (users === null) return answerByStatus(response);',
      to: "if (users === null) return { kind: 'found', idsByName: new Map() };",
      worlds: ['declarations'],
    },
  ]),
];
