/** Environment variables, which is where the host keeps app settings. */
export type AppSettings = Readonly<Record<string, string | undefined>>;

/**
 * Replaces each `%NAME%` with the app setting of that name (NameResolverExtensions.ResolveWholeString of
 * azure-webjobs-sdk, ignoring case as in .NET configuration). An unset name is an error, whose text begins with `where`.
 */
export function resolveSettings(text: string, where: string, settings: AppSettings): string {
  return text.replace(/%([^%]+)%/g, (_match, name: string) => {
    const value = readSetting(settings, name);
    if (!value) throw new Error(`${where} needs the setting ${name}.`);
    return value;
  });
}

/**
 * Whether `AzureWebJobs.<function>.Disabled`, or `AzureWebJobs_<function>_Disabled` for shells that allow no dots, is 1
 * or true (HostListenerFactory.IsDisabled and IConfigurationExtensions.IsSettingEnabled of azure-webjobs-sdk).
 */
export function isFunctionDisabled(functionName: string, settings: AppSettings): boolean {
  return [`AzureWebJobs.${functionName}.Disabled`, `AzureWebJobs_${functionName}_Disabled`].some((name) =>
    ['1', 'true'].includes(readSetting(settings, name)?.toLowerCase() ?? ''),
  );
}

function readSetting(settings: AppSettings, name: string): string | undefined {
  const exact = settings[name];
  if (exact !== undefined) return exact;
  const found = Object.keys(settings).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : settings[found];
}
