import { readFile } from 'node:fs/promises';

/** A resource of an ARM template, or of a deployment snapshot. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly id?: string;
  readonly scope?: string;
  readonly condition?: string;
  readonly '@options'?: Readonly<Record<string, unknown>>;
  readonly dependsOn?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly sku?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly resources: Readonly<Record<string, Resource>>;
  readonly outputs?: Readonly<Record<string, { readonly type?: string; readonly value: unknown }>>;
}

export const mainText = await readFile('infra/main.json', 'utf8');
export const main = JSON.parse(mainText) as Template;

/** The template of one module. */
export function moduleOf(name: string): Template {
  return main.resources[name]?.properties?.template as Template;
}

/** The main template and those of its modules, by name. */
export function allTemplates(): readonly (readonly [string, Template])[] {
  const modules = Object.entries(main.resources).filter(([, { type }]) => type.endsWith('/deployments'));
  return [['main', main], ...modules.map(([name]) => [name, moduleOf(name)] as const)];
}

export const snapshotNames = [
  'defaults',
  'network-isolation',
  'existing-network',
  'private-inbound',
  'entra-in-front',
  'government-cloud',
  'everything',
] as const;

export type SnapshotName = (typeof snapshotNames)[number];

/** The result of a deployment with the parameters of `infra/snapshots/<name>.bicepparam`. */
export async function readSnapshot(name: SnapshotName): Promise<readonly Resource[]> {
  const text = await readFile(`infra/snapshots/${name}.snapshot.json`, 'utf8');
  return (JSON.parse(text) as { predictedResources: readonly Resource[] }).predictedResources;
}

export function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The app settings in a snapshot; values that only Azure knows are expressions. */
export async function readAppSettings(name: SnapshotName): Promise<Readonly<Record<string, string>>> {
  const configs = ofType(await readSnapshot(name), 'Microsoft.Web/sites/config');
  const settings = configs.find((config) => config.name.endsWith('/appsettings'));
  return settings?.properties as Record<string, string>;
}
