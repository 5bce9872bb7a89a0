import { accessEvent } from '../audit/index.ts';
import { randomId } from '../crypto/index.ts';
import { draft, parsed, requireValid } from './prepared.ts';
import type { FhirServices } from './services.ts';

/** Resources in one commit while loading. */
const CHUNK = 100; // one flush to disk for each hundred, and one AuditEvent

/** The node itself, as it stands in AuditEvents. */
const LOADER = 'holdfast';

/**
 * Writes new resources under their own ids, as version 1: for a data folder that is being filled, before it is served.
 * Each is validated; each chunk is one commit with one AuditEvent. Throws FhirError for the first that is not valid.
 */
export async function loadResources(
  services: FhirServices,
  texts: readonly string[],
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  for (let first = 0; first < texts.length; first += CHUNK) {
    const time = services.now();
    const versions = texts.slice(first, first + CHUNK).map((text) => {
      const prepared = parsed(text);
      requireValid(prepared);
      const id = prepared.resource.id ?? randomId();
      return draft(prepared, id, time.toISOString(), LOADER, services.policy.labels).at(1);
    });
    const audit = accessEvent({
      organisation: services.organisation,
      time,
      requestId: randomId(),
      principal: undefined,
      agent: LOADER,
      action: 'C',
      subtype: 'import',
      type: undefined,
      searched: [],
      status: 200,
      patients: [...new Set(versions.flatMap((version) => version.patients))],
      objects: versions.map((version) => `${version.type}/${version.id}/_history/1`),
      consents: [],
    });
    await services.vault.commit({ versions, audits: [audit] });
    onProgress(Math.min(first + CHUNK, texts.length));
  }
}
