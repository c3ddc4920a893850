/**
 * `npm run trace -- <trace id>`: prints one trace from the local telemetry sink as a tree.
 *
 *   --control <url>  the control endpoint that `npm start` shows (http://127.0.0.1:7070)
 */
import { parseArgs } from 'node:util';
import type { TelemetryItem } from './stand-ins/telemetry/check-item.ts';
import { printTrace, traceTree } from './watch/trace-tree.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { control: { type: 'string', default: 'http://127.0.0.1:7070' } },
});
// Accept a whole traceparent, which is often what is at hand.
const traceId = /^(?:[0-9a-f]{2}-)?([0-9a-f]{32})(?:-|$)/i.exec(positionals[0] ?? '')?.[1]?.toLowerCase();

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

if (traceId === undefined) fail('Usage: npm run trace -- <trace id or traceparent> [--control <url>]');
else {
  try {
    const response = await fetch(`${values.control}/telemetry/items?limit=100000&contains=${traceId}`);
    if (!response.ok) throw new Error(`it answers ${response.status}`);
    const items = (await response.json()) as TelemetryItem[];
    if (traceTree(items, traceId).length === 0)
      fail(
        `The sink has nothing for this trace yet (signals are sent once a second, metrics once a minute).`,
      );
    else process.stdout.write(`${printTrace(items, traceId)}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    fail(`The control endpoint ${values.control} cannot be reached (${why}). Is \`npm start\` running?`);
  }
}
