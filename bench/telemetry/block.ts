/**
 * Records the signals of a burst of creates and reports how long, at worst, sending them blocked the event loop.
 *
 *     node block.ts <creates in a burst> <bursts>
 */
import { readSettings } from '../../src/settings/settings.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import { newTrace } from '../../src/telemetry/trace-context.ts';

const [creates = 170, bursts = 20] = process.argv.slice(2).map(Number);
const telemetry = openTelemetry(readSettings(process.env));

function recordCreate(index: number): void {
  const trace = newTrace();
  const url = 'https://graph.microsoft.com/v1.0/external/connections/contosohr/groups';
  telemetry.graphCall({ method: 'POST', url }, trace).end(201);
  const fields = { connectionId: 'contosohr', groupId: `g${index}`, operationId: '', attempts: 1 };
  telemetry.event('ExternalGroupCreated', { ...fields, source: 'http' }, trace);
  telemetry.metric('externalGroups.create.duration', 12, { source: 'http', outcome: 'created' });
}

async function longestBlock(): Promise<number> {
  for (let index = 0; index < creates; index += 1) recordCreate(index);
  let longest = 0;
  let sent = false;
  let last = performance.now();
  const measure = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!sent) setImmediate(measure);
  };
  setImmediate(() => {
    last = performance.now();
    setImmediate(measure);
  });
  await telemetry.flush(10_000);
  sent = true;
  return longest;
}

const longest: number[] = [];
for (let burst = 0; burst < bursts; burst += 1) longest.push(await longestBlock());
// The first bursts load and compile the SDK.
process.send?.(longest.slice(Math.ceil(bursts / 3)), () => process.exit(0));
