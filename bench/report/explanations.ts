/** By measure: why its goal is missed where it is, and what was tried. Shown only then. */
export const explanations: Readonly<Record<string, string>> = {
  'cold-first':
    'Why and what was tried: most of the time is Node’s own (`fetch`, TLS, the first HTTP request of a process), as pass-through shows, which loads nothing else. The identity SDK was the largest part of ours; MSAL alone, which it wraps, loads in a third of its time. Validators are compiled when the app is built, and telemetry loads after the answer.',
  'added-time':
    'Why and what was tried: counted in processor time of the whole host process, a create takes about half a millisecond more than in pass-through, two fifths of it telemetry. Our own endpoint with `fetch` replaced takes less than a tenth of a millisecond more than the floor; a profile shows no single place for the rest. A variant of pass-through with `AbortSignal.timeout` was no slower, so the deadline is not it.',
  throughput:
    'Why and what was tried: the same app without telemetry stands beside it. The difference is what the telemetry SDK does with the event, the span and the metric of a create (making records of them, JSON, gzip), off the path of the answer but on the same processors. Plain does without `enableHttpStream`, which sends each request through a second HTTP server in the worker, and without which the host drops a chunked body.',
  'queue-twin':
    'Why and what was tried: the loop keeps no status, the twin writes two (running, succeeded), each a request to a table in the same Azurite; and it runs within a functions host, as plain does, which keeps no status either and is slower than the loop too. Four table requests a message were cut to two: the first status is inserted without being looked for, the last one replaces the version that this process wrote. Without "running" it would be one, but a creation that hangs in Graph could not be seen then.',
  goodput:
    'Why and what was tried: the share counts from what Graph would allow, so it is bound by the processors where the callers, the stand-ins and up to four hosts together cannot make 500 creates a second; the slower Graph beside it shows the pace where they do not matter. The simulation in [scale.md](scale.md) shows it without a machine in the way.',
  'bulk-send':
    'Why and what was tried: the chart shows the whole way. `send` works in batches and keeps none; where memory steps up late, the cause is not established (it differs from run to run).',
  memory:
    'Why and what was tried: the figure is the whole process, the local host included. It rises in a few steps, which the chart shows; whether they are the app’s, the host’s or the heap’s own growth is not established.',
};
