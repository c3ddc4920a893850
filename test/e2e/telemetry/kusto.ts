import { createRequire } from 'node:module';

/** The small part of Microsoft's Kusto language service that is needed; its own types are 1.7 MB. */
interface Kusto {
  readonly Language: {
    readonly KustoCode: { ParseAndAnalyze(query: string, globals: unknown): { GetDiagnostics(): unknown } };
    readonly GlobalState: { readonly Default: { WithDatabase(database: unknown): unknown } };
    readonly Symbols: {
      readonly TableSymbol: { From(schema: string): { WithName(name: string): unknown } };
      readonly DatabaseSymbol: {
        readonly $ctor1: new (name: string, tables: unknown, isOpen: boolean) => unknown;
      };
    };
  };
}

interface Bridge {
  toArray(list: unknown): readonly { readonly Severity: string; readonly Message: string }[];
  toList(items: readonly unknown[]): unknown;
}

export type Tables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The errors of a query over these tables (column -> type), as the portal's editor reports them. */
export function analyseQuery(query: string, tables: Tables): string[] {
  const { kusto, bridge } = load();
  const { KustoCode, GlobalState, Symbols } = kusto.Language;
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`);
    return Symbols.TableSymbol.From(`(${schema.join(', ')})`).WithName(name);
  });
  const database = new Symbols.DatabaseSymbol.$ctor1('ApplicationInsights', bridge.toList(symbols), false);
  const code = KustoCode.ParseAndAnalyze(query, GlobalState.Default.WithDatabase(database));
  return bridge.toArray(code.GetDiagnostics()).map(({ Severity, Message }) => `${Severity}: ${Message}`);
}

let loaded: { readonly kusto: Kusto; readonly bridge: Bridge } | undefined;

function load() {
  if (loaded !== undefined) return loaded;
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const { Kusto, Bridge } = globalThis as unknown as { Kusto: Kusto; Bridge: Bridge };
  loaded = { kusto: Kusto, bridge: Bridge };
  return loaded;
}
