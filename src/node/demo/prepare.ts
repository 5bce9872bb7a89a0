import type { Persona } from '../../identity/index.ts';
import type { Configuration } from '../configuration.ts';
import type { HostedOrganisation } from '../organisation/hosted.ts';
import { openDemo, writeDemo } from './demo-folder.ts';
import { enrolPatients } from './enrol-patients.ts';
import { loadRecords } from './load-population.ts';
import { personasAt, personasOf } from './personas.ts';
import { generatePopulation, ORGANISATION_NAMES } from './population/index.ts';

/**
 * Fills the vaults of a new demo with its population, and gives everybody to sign in as. On later starts the people are
 * only generated again: the same request gives the same people.
 */
export async function prepareDemo(
  hosted: readonly HostedOrganisation[],
  { data }: Pick<Configuration, 'data'>,
  onProgress: (what: string) => void,
): Promise<{ personas: readonly Persona[] }> {
  const demo = openDemo(data, { now: new Date() });
  const { seed, now, patients } = demo;
  onProgress('inventing patients');
  const population = generatePopulation({ seed, now, patients });
  if (!demo.loaded) {
    for (const organisation of hosted) {
      const name = ORGANISATION_NAMES.find((each) => each === organisation.core.id);
      if (name === undefined) continue;
      await loadRecords(organisation, population.organisations[name], onProgress);
      await enrolPatients(organisation, population.people);
    }
    writeDemo(data, { ...demo, loaded: true });
  }
  return {
    personas: personasAt(
      personasOf(population),
      hosted.map(({ core }) => core.id),
    ),
  };
}
