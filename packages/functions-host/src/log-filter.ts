import type { LogLevel } from './core-types.ts';

const ORDER: readonly string[] = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'];

/**
 * Whether a category may write at a level, by host.json's `logging.logLevel`. The longest prefix wins,
 * case-insensitively and segment by segment, as in .NET logging; `default` applies to everything else.
 */
export function createLogFilter(
  levels: Record<string, string>,
): (category: string, level: LogLevel) => boolean {
  const thresholds = new Map<string, number>();
  for (const [category, level] of Object.entries(levels)) {
    const index = ORDER.indexOf(level.toLowerCase());
    if (index >= 0) thresholds.set(category.toLowerCase(), index);
  }
  const fallback = thresholds.get('default') ?? ORDER.indexOf('information');
  const cache = new Map<string, number>();

  const thresholdOf = (category: string): number => {
    let found = cache.get(category);
    if (found === undefined) {
      const segments = category.toLowerCase().split('.');
      while (segments.length > 0 && found === undefined) {
        found = thresholds.get(segments.join('.'));
        segments.pop();
      }
      found ??= fallback;
      cache.set(category, found);
    }
    return found;
  };
  return (category, level) => level !== 'none' && ORDER.indexOf(level) >= thresholdOf(category);
}
