import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { mainText } from './templates.ts';

interface Element {
  readonly name: string;
  readonly constraints?: { readonly allowedValues?: readonly { readonly value: string }[] };
}

interface Form {
  readonly view: {
    readonly properties: { readonly steps: readonly { name: string; elements: readonly Element[] }[] };
    readonly outputs: { readonly kind: string; readonly parameters: Readonly<Record<string, string>> };
  };
}

interface Parameter {
  readonly defaultValue?: unknown;
  readonly nullable?: boolean;
  readonly allowedValues?: readonly unknown[];
}

describe('the form of the portal', async () => {
  const { view } = JSON.parse(await readFile('infra/portal-form.json', 'utf8')) as Form;
  const { parameters } = JSON.parse(mainText) as { parameters: Readonly<Record<string, Parameter>> };
  const elements = view.properties.steps.flatMap(({ name, elements }) =>
    elements.map((element) => [`steps('${name}').${element.name}`, element] as const),
  );

  it('deploys to a subscription, as the template asks for', () => {
    expect(view.outputs.kind).toBe('Subscription');
    expect(mainText).toContain('subscriptionDeploymentTemplate.json');
  });

  it('gives parameters that the template has, all that it cannot do without among them', () => {
    const given = Object.keys(view.outputs.parameters);
    expect(given.filter((name) => !(name in parameters))).toEqual([]);
    const required = Object.entries(parameters).filter(
      ([, { defaultValue, nullable }]) => defaultValue === undefined && nullable !== true,
    );
    expect(required.map(([name]) => name).filter((name) => !given.includes(name))).toEqual([]);
  });

  it('asks for nothing that it does not use, and uses nothing that it does not ask for', () => {
    const outputs = JSON.stringify(view.outputs);
    const known: readonly string[] = elements.map(([path]) => path);
    expect(known.filter((path) => !outputs.includes(path))).toEqual([]);
    const used = [...outputs.matchAll(/steps\('\w+'\)\.\w+/g)].map(([path]) => path);
    expect(used.filter((path) => !known.includes(path))).toEqual([]);
  });

  it('offers only values that the template allows', () => {
    for (const [path, { constraints }] of elements) {
      const [parameter] =
        Object.entries(view.outputs.parameters).find(([, value]) => value === `[${path}]`) ?? [];
      const allowed = parameters[parameter ?? '']?.allowedValues;
      for (const { value } of constraints?.allowedValues ?? []) expect(allowed, path).toContain(value);
    }
  });
});
