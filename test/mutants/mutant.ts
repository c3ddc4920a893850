import type { Alteration } from '../chaos/alter-sources.ts';
import type { SimulationName } from '../simulation/simulations.ts';

/** A few lines of the product, mostly one, broken: `file` is a path from the root of the project. */
export interface Mutant extends Alteration {
  readonly name: string;
  /** What no longer holds. */
  readonly words: string;
  /** What has to be broken besides for it to matter. */
  readonly also?: readonly Alteration[];
  /** The worlds that may notice; by default those in which the file has a part. */
  readonly worlds?: readonly SimulationName[];
  /** One of the dozen that are played with every commit. */
  readonly isShort?: boolean;
}

/** A file with its mutants. */
export function of(file: string, mutants: readonly Omit<Mutant, 'file'>[]): readonly Mutant[] {
  return mutants.map((mutant) => ({ ...mutant, file }));
}

export function alterationsOf({ file, from, to, also = [] }: Mutant): readonly Alteration[] {
  return [{ file, from, to }, ...also];
}

export function worldsOf({ file, worlds }: Mutant): readonly SimulationName[] {
  if (worlds !== undefined) return worlds;
  if (file.startsWith('src/ledger/')) return ['declarations'];
  return file.startsWith('src/creations/') ? ['creations'] : ['creations', 'declarations'];
}
