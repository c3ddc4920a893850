import { readFile } from 'node:fs/promises';

/** Milliseconds of processor time of a process since its start, from /proc: clock ticks of 10 ms. */
export async function processorTimeOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The program's name may contain spaces: count the fields after its closing bracket.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** MiB resident. */
export async function residentOf(pid: number): Promise<number> {
  const pages = await readFile(`/proc/${pid}/statm`, 'utf8');
  return (Number(pages.split(' ')[1]) * 4096) / 2 ** 20;
}

/** Samples the resident memory every half second until stopped. */
export function sampleMemory(pid: number): () => readonly number[] {
  const samples: number[] = [];
  const timer = setInterval(() => {
    residentOf(pid).then(
      // None: it has just ended.
      (mib) => mib > 0 && samples.push(mib),
      () => undefined,
    );
  }, 500);
  return () => {
    clearInterval(timer);
    return samples;
  };
}
