/**
 * Azure's route templates as patterns: `{id}`, `{id?}`, `{id:int?}`, `{file}.{extension}`, `{*rest}`. Matching
 * ignores case and a trailing slash, as ASP.NET Core routing does. Constraints beyond the listed ones are refused at
 * start rather than ignored.
 */

export interface RouteTemplate {
  /** Values of the parameters in a path of {@link decodePath}, or undefined if it does not match. */
  match(path: string): Record<string, string> | undefined;
  /** Ranks more literal templates first, like ASP.NET Core: compared segment by segment, the smaller wins. */
  precedence: readonly number[];
}

const CONSTRAINTS: Record<string, string> = {
  int: '[+-]?\\d{1,10}',
  long: '[+-]?\\d{1,19}',
  alpha: '[A-Za-z]+',
  bool: 'true|false',
  guid: '[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
};
const PARAMETER = /\{(\*{0,2})([A-Za-z_]\w*)(?::([a-z]+))?(\?)?\}/g;

export function createRouteTemplate(template: string): RouteTemplate {
  const names: string[] = [];
  const precedence: number[] = [];
  let pattern = '';
  for (const segment of template.split('/').filter((part) => part !== '')) {
    const parsed = parseSegment(segment, template, names);
    precedence.push(parsed.rank);
    pattern += parsed.optional ? `(?:/${parsed.pattern})?` : `/${parsed.pattern}`;
  }
  const expression = new RegExp(`^${pattern}/?$`, 'is');
  return {
    precedence,
    match(path) {
      const values = expression.exec(path)?.slice(1);
      if (values === undefined) return undefined;
      const params: Record<string, string> = {};
      names.forEach((name, index) => {
        const value = values[index];
        if (value !== undefined) params[name] = value;
      });
      return params;
    },
  };
}

function parseSegment(
  segment: string,
  template: string,
  names: string[],
): { pattern: string; rank: number; optional: boolean } {
  let pattern = '';
  let rank = 1;
  let optional = false;
  let end = 0;
  for (const found of segment.matchAll(PARAMETER)) {
    const [text, stars, name = '', constraint, question] = found;
    const rule = constraint === undefined ? undefined : CONSTRAINTS[constraint];
    if (constraint !== undefined && rule === undefined) {
      throw new Error(`Route "${template}": the constraint ":${constraint}" is not supported here.`);
    }
    names.push(name);
    pattern += escapeRegExp(segment.slice(end, found.index));
    end = found.index + text.length;
    optional = question === '?' || stars !== '';
    if (stars !== '') pattern += '(.*)';
    else pattern += rule === undefined ? '([^/]+?)' : `(${rule})`;
    rank = stars !== '' ? 5 : text !== segment ? 2 : constraint !== undefined ? 3 : 4;
  }
  const rest = segment.slice(end);
  if (/[{}]/.test(rest)) throw new Error(`Route "${template}": cannot read "${segment}".`);
  return { pattern: pattern + escapeRegExp(rest), rank, optional };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** ASP.NET Core decodes a path before routing, except `%2F`, which would otherwise become a separator. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  return path
    .split(/(%2f)/i)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    })
    .join('');
}
