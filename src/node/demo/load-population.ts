import { loadResources } from '../../fhir/index.ts';
import type { HostedOrganisation } from '../organisation/hosted.ts';
import type { OrganisationRecords } from './population/index.ts';

/** Writes what an organisation's vault does not hold yet: a load that was cut short goes on where it stopped. */
export async function loadRecords(
  { core, vault, fhir }: HostedOrganisation,
  records: OrganisationRecords,
  onProgress: (what: string) => void,
): Promise<void> {
  // The organisation's own resources first: the patients' refer to them.
  const all = [...records.resources, ...records.patients.flatMap(({ resources }) => resources)];
  const missing: string[] = [];
  for (const { type, id, text } of all) if ((await vault.head(type, id)) === undefined) missing.push(text);
  const told = (done: number) => onProgress(`storing records of ${core.name}: ${done} of ${missing.length}`);
  await loadResources(fhir, missing, told);
}
