import { isJsonObject, type JsonObject, parseJson } from '../stack/json.ts';
import type { TelemetryItem } from '../stand-ins/telemetry/check-item.ts';

/** One item of a trace, or a missing parent that others refer to. */
interface TraceNode {
  readonly id: string | null;
  readonly item: TelemetryItem | null;
  readonly children: TraceNode[];
}

export function operationOf({ tags }: TelemetryItem): { id: string | null; parentId: string | null } {
  return { id: text(tags?.['ai.operation.id']), parentId: text(tags?.['ai.operation.parentId']) };
}

/** The operations that an item is linked to, as the portal reads them. */
export function linksOf(item: TelemetryItem): readonly JsonObject[] {
  const links = parseJson(text(propertiesOf(item)['_MS.links']) ?? '[]');
  return Array.isArray(links) ? links.filter(isJsonObject) : [];
}

export function propertiesOf({ data }: TelemetryItem): JsonObject {
  return isJsonObject(data.baseData.properties) ? data.baseData.properties : {};
}

/** The items of a trace as trees, in the order of time. Ideally there is a single root. */
export function traceTree(items: readonly TelemetryItem[], traceId: string): readonly TraceNode[] {
  const inTrace = items
    .filter((item) => operationOf(item).id === traceId)
    .sort((a, b) => a.time.localeCompare(b.time));
  const nodes = inTrace.map((item) => ({ id: idOf(item), item, children: [] as TraceNode[] }));
  const byId = new Map<string, TraceNode>(
    nodes.flatMap((node) => (node.id === null ? [] : [[node.id, node]])),
  );
  const roots: TraceNode[] = [];
  for (const node of nodes) {
    const { parentId } = operationOf(node.item);
    if (parentId === null) {
      roots.push(node);
      continue;
    }
    let parent = byId.get(parentId);
    if (parent === undefined) {
      parent = { id: parentId, item: null, children: [] };
      byId.set(parentId, parent);
      roots.push(parent);
    }
    parent.children.push(node);
  }
  return roots;
}

/** The trees as lines for a terminal; times count from the first item. */
export function printTrace(items: readonly TelemetryItem[], traceId: string): string {
  const roots = traceTree(items, traceId);
  const first = Math.min(
    ...flatten(roots).map(({ item }) => (item === null ? Infinity : Date.parse(item.time))),
  );
  const linked = items.filter((item) => linksOf(item).some((link) => link.operation_Id === traceId));
  const others = linked.filter((item) => operationOf(item).id !== traceId);
  return [
    `trace ${traceId}`,
    ...roots.flatMap((root) => lines(root, '', '', first)),
    ...others.map((item) => `linked from ${operationOf(item).id}: ${describe(item)}`),
  ].join('\n');
}

function flatten(nodes: readonly TraceNode[]): TraceNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

function lines(node: TraceNode, head: string, rest: string, first: number): string[] {
  const { item, children } = node;
  const at = item === null ? '' : `+${String(Date.parse(item.time) - first).padStart(5)} ms  `;
  const own =
    item === null ? `span ${node.id}: the host's request, which the host itself sends` : describe(item);
  return [
    `${head}${at}${own}`,
    ...children.flatMap((child, index) => {
      const last = index === children.length - 1;
      return lines(child, `${rest}${last ? '└─ ' : '├─ '}`, `${rest}${last ? '   ' : '│  '}`, first);
    }),
  ];
}

function describe(item: TelemetryItem): string {
  const { baseType, baseData } = item.data;
  const properties = propertiesOf(item);
  if (baseType === 'EventData') {
    const { connectionId, groupId, attempts, reason, code } = properties;
    const why = [`attempts ${attempts}`, reason, code].filter((part) => part !== undefined).join(', ');
    return `${text(baseData.name)}  ${connectionId}/${groupId}  (${why})`;
  }
  const result = text(properties.result) ?? text(baseData.resultCode) ?? '';
  const links = linksOf(item).map((link) => `  linked to ${text(link.operation_Id)}`);
  return `${text(baseData.name)}  ${result}  ${milliseconds(text(baseData.duration))}${links.join('')}`;
}

/** `00:00:00.0274612`, as Application Insights writes a duration. */
function milliseconds(duration: string | null): string {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)$/.exec(duration ?? '') ?? [];
  const total = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return Number.isFinite(total) ? `${total.toFixed(1)} ms` : '';
}

function idOf({ data }: TelemetryItem): string | null {
  return text(data.baseData.id);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
