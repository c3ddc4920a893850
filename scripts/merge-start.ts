import { basename } from 'node:path';
import { build, type Metafile } from 'esbuild';

/**
 * Puts the chunks that an entry loads at once into the entry's own file: Node opens, parses and links each file by
 * itself, which took as long as a quarter of a cold start. What loads later imports them from the entry by way of the
 * chunks' old names, so that there is one instance of each module as before. Changes metafile and files (by the metafile's
 * paths) accordingly.
 */
export async function mergeStart(
  { outputs }: Metafile,
  files: Map<string, Uint8Array>,
  entryPoint: string,
): Promise<void> {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === entryPoint);
  if (entry === undefined) throw new Error(`The build has no entry ${entryPoint}.`);
  const chunks = staticImportsOf(entry, outputs);
  const byName = new Map([entry, ...chunks].map((path) => [`./${basename(path)}`, path]));
  const nameOf = (chunk: string, name: string) => `${basename(chunk, '.js').replaceAll('-', '_')}_${name}`;
  const exportsOf = (chunk: string) => outputs[chunk]?.exports ?? [];
  const lines = [...chunks].map((chunk) => {
    const names = exportsOf(chunk).map((name) => `${name} as ${nameOf(chunk, name)}`);
    return `export { ${names.join(', ')} } from './${basename(chunk)}';`;
  });
  const merged = await build({
    stdin: { contents: [`export * from './${basename(entry)}';`, ...lines].join('\n') },
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    write: false,
    logLevel: 'warning',
    plugins: [
      {
        name: 'leave what is not loaded at once',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /.*/ }, ({ path, kind }) => {
            const merged = kind === 'import-statement' ? byName.get(path) : undefined;
            return merged === undefined ? { path, external: true } : { path: merged, namespace: 'built' };
          });
          onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({ contents: files.get(path) ?? '' }));
        },
      },
    ],
  });
  const [file] = merged.outputFiles;
  const whole = outputs[entry];
  if (file === undefined || whole === undefined) throw new Error('Nothing was merged.');
  files.set(entry, file.contents);
  for (const chunk of chunks) {
    const names = exportsOf(chunk).map((name) => `${nameOf(chunk, name)} as ${name}`);
    const text = `export{${names.join(',')}}from"./${basename(entry)}";\n`;
    files.set(chunk, Buffer.from(text));
    const before = outputs[chunk];
    if (before === undefined) continue;
    Object.assign(whole.inputs, before.inputs);
    whole.imports.push(...before.imports);
    outputs[chunk] = {
      ...before,
      bytes: Buffer.byteLength(text),
      inputs: {},
      imports: [{ path: entry, kind: 'import-statement' }],
    };
  }
  outputs[entry] = {
    ...whole,
    bytes: file.contents.byteLength,
    imports: whole.imports.filter(({ path }) => !chunks.has(path)),
  };
}

function staticImportsOf(entry: string, outputs: Metafile['outputs']): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (path: string) => {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement' || outputs[next] === undefined || found.has(next)) continue;
      found.add(next);
      follow(next);
    }
  };
  follow(entry);
  return found;
}
