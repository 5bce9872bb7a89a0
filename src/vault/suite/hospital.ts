import { rmSync } from 'node:fs';
import { randomId } from '../../crypto/index.ts';
import { compartments, decisionFacts, extractIndex, parseResource, parseSearch } from '../../r4/index.ts';
import type { AuditWrite, FsckReport, Hit, Vault, VaultError, VersionWrite } from '../index.ts';
import { type OrganisationStorage, openStorage, type StorageOptions } from './organisation-storage.ts';

/** The organisation that tests write for. */
export const ORGANISATION = 'st-mary';

/** A vault in a folder of its own, with everything it stands on. */
export interface Hospital extends OrganisationStorage {
  /** Ids of destroyed keys in the order in which they reached the ledger. */
  readonly onLedger: string[];
  /** Checks everything, the log included. */
  fsck(): Promise<FsckReport>;
}

/** Opens a vault on real files. */
export async function openHospital(options: Omit<StorageOptions, 'organisation'> = {}): Promise<Hospital> {
  const onLedger: string[] = [];
  const storage = await openStorage({
    organisation: ORGANISATION,
    erasures: {
      commitErasure: async (keyId) => void onLedger.push(keyId),
      sign: () => new Uint8Array(64).fill(7),
    },
    ...options,
  });
  const { log, vault } = storage;
  const fsck = () => vault.fsck({ log: { entry: (leaf) => log.entry(leaf), size: () => log.size() } });
  return { ...storage, onLedger, fsck };
}

/** Removes a hospital's folder. */
export function removeFolder(hospital: Pick<Hospital, 'folder'>): void {
  rmSync(hospital.folder, { recursive: true, force: true });
}

/** A version of a resource, given as an object or as JSON text whose digits count. */
export function versionOf(
  resource: object | string,
  version = 1,
  time = new Date(),
): VersionWrite & { text: string } {
  const lastUpdated = time.toISOString();
  const given = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const meta = `"meta":{"lastUpdated":"${lastUpdated}","versionId":"${version}"}`;
  const { resource: parsed, text } = parseResource(`{${meta},${given.slice(1)}`);
  return {
    type: parsed.resourceType,
    id: parsed.id ?? '',
    version,
    lastUpdated,
    text,
    patients: compartments(parsed).patients,
    index: extractIndex(parsed),
    facts: decisionFacts(parsed),
    actor: 'client-1',
  };
}

/** The deletion of a resource that stands at a version. */
export function deletionOf(write: VersionWrite, version: number): VersionWrite {
  const { text: _text, ...rest } = write;
  return { ...rest, version, index: [], lastUpdated: new Date().toISOString() };
}

/** A Patient with everything that must not be seen from outside. */
export function patient(id: string, more: object = {}): object {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'urn:oid:1.2.36.146', value: `MRN-${id}` }],
    name: [{ family: 'Abernathy', given: ['Rosalind'] }],
    birthDate: '1961-07-23',
    gender: 'female',
    ...more,
  };
}

/** An Observation of a patient. */
export function observation(id: string, patientId: string, more: object = {}): object {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    subject: { reference: `Patient/${patientId}` },
    effectiveDateTime: '2024-03-05T08:30:00Z',
    valueQuantity: { value: 71.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    ...more,
  };
}

/** The AuditEvent of a read. */
export function auditOf(object: string, patients: readonly string[] = [], time = new Date()): AuditWrite {
  const id = randomId();
  const recorded = time.toISOString();
  const { resource, text } = parseResource(
    JSON.stringify({
      resourceType: 'AuditEvent',
      id,
      meta: { versionId: '1', lastUpdated: recorded },
      type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
      subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: 'read' }],
      action: 'R',
      recorded,
      outcome: '0',
      agent: [{ who: { identifier: { value: 'client-1' } }, requestor: true }],
      source: { observer: { identifier: { value: ORGANISATION } } },
      entity: [
        { what: { reference: object } },
        ...patients.map((each) => ({ what: { reference: `Patient/${each}` } })),
      ],
    }),
  );
  return {
    id,
    text,
    index: extractIndex(resource),
    time: recorded,
    actor: 'client-1',
    patients: compartments(resource).patients,
  };
}

/** What a search finds, as `Type/id`, page by page to the end. */
export async function find(
  vault: Vault,
  type: string,
  query: string,
  limit = 50,
  patientId?: string,
): Promise<string[]> {
  const parsed = parseSearch(type, [...new URLSearchParams(query)], {
    now: Date.parse('2026-01-01T00:00:00Z'),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const hits: Hit[] = [];
  let cursor: string | undefined;
  do {
    const page = await vault.search({ search: parsed.search, limit, cursor, patient: patientId });
    hits.push(...page.hits);
    cursor = page.next;
  } while (cursor !== undefined);
  return hits.map((hit) => `${hit.type}/${hit.id}`);
}

/** The code with which the vault refuses; `done` when it does not. */
export const refusalCode = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: VaultError) => error.code,
  );
