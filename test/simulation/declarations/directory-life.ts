import type { MemberName } from '../../../src/groups/member-name.ts';
import type { DirectoryService } from '../world/directory-service.ts';
import { type Holder, keyOfName } from './by-name.ts';
import type { DeclarationRun } from './declaration-run.ts';
import type { Fleet } from './fleet.ts';
import { people } from './names.ts';

/** What happens in the directory, a few times as long as the faults last; every change that is under way has to bear it. */
export function addDirectoryLife({ running }: Pick<Fleet, 'running'>, run: DeclarationRun): void {
  const { world, settings, totals, isCalm, histories } = run;
  const { prng, directory } = world;
  // The last name is never anybody's.
  const names = settings.names.slice(0, -1);
  if (names.length === 0) return;
  let left = 2 + prng.int(8);

  for (const [index, name] of names.entries()) {
    const { id } = people[index % people.length] ?? prng.pick(people);
    if (prng.chance(0.8)) directory.give(id, name);
  }
  directory.grant.mayRead = prng.chance(0.6);
  for (const { instance } of running) instance.directory.renewToken();

  function isDeclared(name: MemberName): boolean {
    for (const history of histories())
      for (const own of history.told().names.values()) if (own === keyOfName(name)) return true;
    return false;
  }

  function happen(): void {
    left -= 1;
    totals.directoryChanges += 1;
    const declared = names.filter(isDeclared);
    // What happens to a name by which somebody was declared matters more.
    const name = declared.length > 0 && prng.chance(0.7) ? prng.pick(declared) : prng.pick(names);
    const [holder] = directory.holders(name);
    const { id } = prng.pick(people);
    switch (prng.int(6)) {
      case 0:
        world.timeline.note(() => `the account ${id} is deleted`);
        directory.removeAccount(id);
        break;
      case 1:
        world.timeline.note(() => `${id} gets the name ${name.value}, beside whoever has it`);
        directory.give(id, name);
        break;
      case 2:
        world.timeline.note(() => `nobody has the name ${name.value} any more`);
        for (const one of directory.holders(name)) directory.take(one, name.kind);
        break;
      default:
        world.timeline.note(() => `the name ${name.value} goes from ${holder ?? 'nobody'} to ${id}`);
        for (const one of directory.holders(name)) directory.take(one, name.kind);
        directory.give(id, name);
    }
    for (const history of histories()) history.directoryChanged();
  }

  function grant(): void {
    left -= 1;
    directory.grant.mayRead = !directory.grant.mayRead;
    world.timeline.note(
      () => `the permission to read users is ${directory.grant.mayRead ? 'granted' : 'taken away'}`,
    );
  }

  world.addActor({
    name: 'directory',
    weight: () => (!isCalm() && left > 0 ? 1 : 0),
    act: () => (prng.chance(0.25) ? grant() : happen()),
  });
  /** When each got its token: it lives for a while. */
  const renewedAt = new Map<string, number>();
  const isDue = ({ instance }: Fleet['running'][number]) =>
    instance.directory.mayRead() !== directory.grant.mayRead &&
    world.time.now() - (renewedAt.get(instance.name) ?? 0) > 300_000;
  world.addActor({
    name: 'token',
    weight: () => (running.some(isDue) ? 0.5 : 0),
    act: () => {
      const { instance } = prng.pick(running.filter(isDue));
      world.timeline.note(() => `${instance.name}  gets a new token`);
      renewedAt.set(instance.name, world.time.now());
      instance.directory.renewToken();
    },
  });
}

/** Whose a name really is, whatever the directory may answer at the moment. */
export function holderIn(directory: DirectoryService): (name: MemberName) => Holder {
  return (name) => {
    const [id, another] = directory.holders(name);
    if (id === undefined) return 'not-found';
    return another === undefined ? { id } : 'ambiguous';
  };
}
