import { availableParallelism, cpus, totalmem } from 'node:os';

/** The machine of the measurement, for comparison with others. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || 'processor of an unknown make';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} processors (${model}), ${memory} GiB`;
}
