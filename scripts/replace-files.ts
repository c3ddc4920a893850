import type { PluginBuild } from 'esbuild';

/** A file of a package, by the end of its path, and its replacement in the bundle. */
export interface ReplacedFile {
  readonly file: RegExp;
  readonly contents: string;
}

/**
 * Replaces single files of a package. Another version may name its files differently: the build then fails, which is
 * better than a bundle with everything in it again.
 */
export function replaceFiles(build: PluginBuild, packageName: string, files: readonly ReplacedFile[]): void {
  const replaced = new Set<RegExp>();
  for (const { file, contents } of files) {
    build.onLoad({ filter: file }, () => {
      replaced.add(file);
      return { contents, loader: 'js' };
    });
  }
  build.onEnd(() => ({
    errors: files
      .filter(({ file }) => !replaced.has(file))
      .map(({ file }) => ({
        text: `no file of ${packageName} is named ${file.source}: is it another version?`,
      })),
  }));
}
