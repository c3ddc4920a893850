import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** A replacement in one source for a build. */
export interface Alteration {
  /** Of this project, with forward slashes. */
  readonly file: string;
  /** Occurs there once. */
  readonly from: string;
  readonly to: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The source with its alterations; throws if one no longer fits. */
export function altered(source: string, alterations: readonly Alteration[]): string {
  return alterations.reduce((text, { file, from, to }) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`${file} has "${from}" ${parts.length - 1} times, not once`);
    return parts.join(to);
  }, source);
}

/** Builds with altered sources, because the product has no setting for what is tried here. */
export function alterSources(alterations: readonly Alteration[]): Plugin {
  const byFile = Map.groupBy(alterations, ({ file }) => file);
  return {
    name: 'alter-sources',
    setup({ onLoad, onEnd }) {
      const open = new Set(byFile.keys());
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll('\\', '/');
        const ofFile = byFile.get(file);
        if (ofFile === undefined) return undefined;
        open.delete(file);
        return { contents: altered(await readFile(path, 'utf8'), ofFile), loader: 'ts' };
      });
      onEnd(() => ({ errors: [...open].map((file) => ({ text: `${file} is not part of this build` })) }));
    },
  };
}
