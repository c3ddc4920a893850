import { readRequestFault } from '../../shared/request-fault.ts';
import type { ProbeIntake } from '../../telemetry/probe-intake.ts';
import { type CheckDefinition, failed, passed, skipped } from '../check.ts';

export interface TelemetryPort {
  /** Null: no Application Insights is set. */
  readonly probe: ProbeIntake | null;
  /** Whether telemetry is sent with Entra tokens. */
  readonly withIdentity: boolean;
}

const network =
  'Check that the app can reach the intake in APPLICATIONINSIGHTS_CONNECTION_STRING: outbound rules, proxies and private link scopes.';
const role =
  'Give the identity the role "Monitoring Metrics Publisher" on the Application Insights resource, and set APPLICATIONINSIGHTS_AUTHENTICATION_STRING=Authorization=AAD (with ;ClientId=<client id> for a user-assigned identity).';

export function telemetryChecks({ probe, withIdentity }: TelemetryPort): readonly CheckDefinition[] {
  return [
    {
      id: 'telemetry',
      title: 'Telemetry',
      ifSilent: network,
      look: async (signal) => {
        if (probe === null) return skipped('because APPLICATIONINSIGHTS_CONNECTION_STRING is not set');
        try {
          const { status, accepted } = await probe(signal);
          if (status === 200 && accepted !== 0) return passed('Application Insights accepted a test item');
          const seen = `Application Insights answered ${status}`;
          if (status === 401 || status === 403) return failed(seen, role);
          if (status === 402 || status === 439)
            return failed(
              seen,
              'The daily cap of the resource is reached: raise it, or wait until tomorrow.',
            );
          if (status >= 200 && status < 500 && status !== 408 && status !== 429)
            return failed(
              seen,
              'Copy APPLICATIONINSIGHTS_CONNECTION_STRING from the resource again ("az monitor app-insights component show --query connectionString").',
            );
          return failed(seen, `${network} Run this again.`);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          const fault = readRequestFault(thrown);
          if (withIdentity && fault.kind === 'no-token')
            return failed('no token for telemetry could be obtained', role);
          return failed(
            fault.kind === 'unreachable' ? `no connection (${fault.code})` : 'no answer',
            network,
          );
        }
      },
    },
  ];
}
