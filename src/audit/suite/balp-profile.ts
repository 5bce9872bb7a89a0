import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ElementDefinition {
  id: string;
  sliceName?: string;
  min?: number;
  max?: string;
  slicing?: { discriminator: { type: string; path: string }[] };
  binding?: { strength: string; valueSet: string };
  type?: { code: string; targetProfile?: string[] }[];
  [pattern: `pattern${string}`]: unknown;
}

interface Profile {
  url: string;
  baseDefinition: string;
  differential: { element: ElementDefinition[] };
}

interface ValueSet {
  url: string;
  compose: { include: { system: string; concept?: { code: string }[] }[] };
}

/** The BALP profiles and value sets of a folder, by canonical URL. */
export interface BalpProfiles {
  profiles: Map<string, Profile>;
  valueSets: Map<string, ValueSet>;
}

/** Reads every StructureDefinition and ValueSet of the folder. */
export function loadBalpProfiles(folder: string): BalpProfiles {
  const profiles = new Map<string, Profile>();
  const valueSets = new Map<string, ValueSet>();
  for (const name of readdirSync(folder)) {
    const resource = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (resource.resourceType === 'StructureDefinition') profiles.set(resource.url, resource);
    if (resource.resourceType === 'ValueSet') valueSets.set(resource.url, resource);
  }
  return { profiles, valueSets };
}

/**
 * Every way in which an AuditEvent breaks a profile or the profiles it derives from: cardinality, patterns, slices
 * (by value discriminators), required bindings, reference targets. Empty when it conforms. What base FHIR requires is
 * the validator's.
 */
export function breaches(event: unknown, url: string, known: BalpProfiles): string[] {
  const profile = known.profiles.get(url);
  if (profile === undefined) return url.startsWith('http://hl7.org/fhir/') ? [] : [`unknown profile ${url}`];
  const elements = inheritedElements(profile, known);
  return elements.flatMap((definition) => breachesOf(event, definition, elements, known));
}

function inheritedElements(profile: Profile, known: BalpProfiles): ElementDefinition[] {
  const base = known.profiles.get(profile.baseDefinition);
  const merged = new Map<string, ElementDefinition>();
  for (const element of base === undefined ? [] : inheritedElements(base, known))
    merged.set(element.id, element);
  for (const element of profile.differential.element) {
    merged.set(element.id, { ...merged.get(element.id), ...element });
  }
  return [...merged.values()];
}

function breachesOf(
  event: unknown,
  definition: ElementDefinition,
  elements: ElementDefinition[],
  known: BalpProfiles,
): string[] {
  const steps = definition.id.split('.').slice(1);
  const last = steps.pop();
  if (last === undefined) return [];
  let parents: unknown[] = [event];
  let at = 'AuditEvent';
  for (const step of steps) {
    parents = parents.flatMap((parent) => members(parent, step, at, elements, known));
    at = `${at}.${step}`;
  }
  return parents.flatMap((parent) => {
    const found = members(parent, last, at, elements, known);
    return [
      ...counted(found.length, definition),
      ...found.flatMap((value) => valueBreaches(value, definition, known)),
    ];
  });
}

function counted(count: number, { id, min = 0, max = '*' }: ElementDefinition): string[] {
  const upper = max === '*' ? Number.POSITIVE_INFINITY : Number(max);
  return count < min || count > upper ? [`${id}: ${count} present, ${min}..${max} allowed`] : [];
}

function valueBreaches(value: unknown, definition: ElementDefinition, known: BalpProfiles): string[] {
  const found: string[] = [];
  const pattern = patternOf(definition);
  if (pattern !== undefined && !contains(value, pattern))
    found.push(`${definition.id}: not ${JSON.stringify(pattern)}`);
  if (definition.binding?.strength === 'required' && !bound(value, definition.binding.valueSet, known)) {
    found.push(`${definition.id}: not in ${definition.binding.valueSet}`);
  }
  const targets = definition.type?.flatMap((type) => type.targetProfile ?? []) ?? [];
  const reference = (value as { reference?: string }).reference;
  if (targets.length > 0 && reference !== undefined) {
    const allowed = targets.map((target) => target.split('/').pop());
    if (!allowed.includes(reference.split('/').at(-2) ?? ''))
      found.push(`${definition.id}: reference to ${reference}`);
  }
  return found;
}

/** The values one step down; with a slice name, only those that its discriminators assign to the slice. */
function members(
  parent: unknown,
  step: string,
  at: string,
  elements: ElementDefinition[],
  known: BalpProfiles,
): unknown[] {
  const [name = '', slice] = step.split(':');
  const value = childOf(parent, name);
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (slice === undefined) return values;
  const discriminators =
    elements.find((element) => element.id === `${at}.${name}`)?.slicing?.discriminator ?? [];
  return values.filter((candidate) =>
    discriminators.every(({ path }) => {
      const id = path === '$this' ? `${at}.${step}` : `${at}.${step}.${path}`;
      const definition = elements.find((element) => element.id === id);
      const pattern = definition === undefined ? undefined : patternOf(definition);
      const discriminating = path === '$this' ? candidate : childOf(candidate, path);
      // FHIR R4 §profiling, discriminator "value": a required binding tells what is in a slice of codings.
      if (pattern === undefined && path === '$this' && definition?.binding?.strength === 'required')
        return bound(candidate, definition.binding.valueSet, known);
      // Any other slice told apart by a binding alone takes what no pattern of another slice takes.
      if (pattern === undefined) return takenByNoOther(discriminating, `${at}.${name}`, path, elements);
      return discriminating !== undefined && contains(discriminating, pattern);
    }),
  );
}

function takenByNoOther(
  value: unknown,
  sliced: string,
  path: string,
  elements: ElementDefinition[],
): boolean {
  return !elements.some((element) => {
    const isSibling =
      path !== '$this' && element.id.startsWith(`${sliced}:`) && element.id.endsWith(`.${path}`);
    const pattern = isSibling ? patternOf(element) : undefined;
    return pattern !== undefined && value !== undefined && contains(value, pattern);
  });
}

function childOf(parent: unknown, name: string): unknown {
  const record = parent as Record<string, unknown>;
  if (!name.endsWith('[x]')) return record[name];
  const stem = name.slice(0, -3);
  return Object.entries(record).find(([key]) => new RegExp(`^${stem}[A-Z]`).test(key))?.[1];
}

function patternOf(definition: ElementDefinition): unknown {
  return Object.entries(definition).find(([key]) => key.startsWith('pattern'))?.[1];
}

/** FHIR R4 §ElementDefinition.pattern: everything in the pattern is found in the value. */
function contains(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) && pattern.every((one) => value.some((candidate) => contains(candidate, one)))
    );
  }
  if (typeof pattern === 'object' && pattern !== null) {
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.entries(pattern).every(([key, one]) => contains((value as Record<string, unknown>)[key], one))
    );
  }
  return value === pattern;
}

function bound(value: unknown, url: string, known: BalpProfiles): boolean {
  const includes = known.valueSets.get(url)?.compose.include ?? [];
  const codings = ((value as { coding?: unknown[] }).coding ?? [value]) as {
    system?: string;
    code?: string;
  }[];
  return codings.some(({ system, code }) =>
    includes.some(
      (include) =>
        include.system === system &&
        (include.concept === undefined || include.concept.some((one) => one.code === code)),
    ),
  );
}
