import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  compartments,
  type DecisionFacts,
  decisionFacts,
  extractIndex,
  type IndexEntry,
  parseResource,
  type Resource,
  rewriteReferences,
  splitBundle,
  withServerFields,
} from '../../src/r4/index.ts';

/** A resource of the sample, ready to be stored: what the thief wants to know. */
export interface SampleResource {
  readonly type: string;
  readonly id: string;
  readonly text: string;
  readonly patients: readonly string[];
  readonly index: readonly IndexEntry[];
  readonly facts: DecisionFacts;
}

/** The sample in two halves of its patients: one is stored, the other is what the thief knows of such records. */
export interface Sample {
  /** Organisations, locations and practitioners, which both halves refer to. */
  readonly shared: readonly SampleResource[];
  /** One list for each patient. */
  readonly stored: readonly (readonly SampleResource[])[];
  readonly known: readonly (readonly SampleResource[])[];
}

/** Every version is said to be of this moment, so that two runs store the same. */
export const STORED_AT = '2026-01-01T00:00:00.000Z';

interface Raw {
  readonly fullUrl: string;
  readonly resource: Resource;
  readonly text: string;
}

function rawEntries(path: string): Raw[] {
  const bundle = parseResource(gunzipSync(readFileSync(path)).toString('utf8'));
  return splitBundle(bundle.text).flatMap(({ fullUrl, resourceText }) =>
    resourceText === undefined ? [] : [{ fullUrl: fullUrl ?? '', ...parseResource(resourceText) }],
  );
}

/** Where references lead: by `urn:uuid:` within a bundle, by identifier to what all bundles share. */
function targetsOf(entries: readonly Raw[]): Map<string, string> {
  const targets = new Map<string, string>();
  for (const { fullUrl, resource } of entries) {
    const place = `${resource.resourceType}/${resource.id}`;
    targets.set(fullUrl, place);
    const { identifier } = resource as { identifier?: { system?: string; value?: string }[] };
    for (const { system, value } of identifier ?? []) {
      targets.set(`${resource.resourceType}?identifier=${system}|${value}`, place);
    }
  }
  return targets;
}

function ready({ text }: Raw, targets: ReadonlyMap<string, string>): SampleResource {
  const rewritten = rewriteReferences(text, (link) => targets.get(link));
  const meta = { versionId: '1', lastUpdated: STORED_AT };
  const { resource } = parseResource(rewritten);
  const id = resource.id ?? '';
  return {
    type: resource.resourceType,
    id,
    text: withServerFields(rewritten, { id, meta }),
    patients: compartments(resource).patients,
    index: extractIndex(resource),
    facts: decisionFacts(resource),
  };
}

/** Reads Synthea's bundles: files that begin with `0-` are shared, each other one is a patient; every second is stored. */
export function readSample(folder: string): Sample {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
  const shared = names
    .filter((name) => name.startsWith('0-'))
    .flatMap((name) => rawEntries(join(folder, name)));
  const common = targetsOf(shared);
  const people = names
    .filter((name) => !name.startsWith('0-'))
    .sort()
    .map((name) => {
      const entries = rawEntries(join(folder, name));
      const targets = new Map([...common, ...targetsOf(entries)]);
      return entries.map((entry) => ready(entry, targets));
    });
  return {
    shared: shared.map((entry) => ready(entry, common)),
    stored: people.filter((_, at) => at % 2 === 0),
    known: people.filter((_, at) => at % 2 === 1),
  };
}
