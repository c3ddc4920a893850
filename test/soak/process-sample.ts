import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessSample {
  /** Bytes. */
  readonly rss: number;
  /** Open file descriptors, and those of them that are sockets. */
  readonly descriptors: number;
  readonly sockets: number;
  readonly threads: number;
}

/** What the kernel reports about a process (Linux: /proc). */
export function sampleProcess(pid: number): ProcessSample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const targets = readdirSync(`/proc/${pid}/fd`).map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      // Closed between the listing and the read.
      return '';
    }
  });
  return {
    rss: read('VmRSS') * 1024,
    descriptors: targets.filter((target) => target !== '').length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    threads: read('Threads'),
  };
}
