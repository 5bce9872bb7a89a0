import { disclose, type FhirServices, newTrail, reachWithin, requestContext } from '../../fhir/index.ts';
import { isRepresentative, type PatientsShown, type ShownPatient } from '../../identity/index.ts';

interface HumanName {
  readonly use?: string;
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly (string | null)[];
  readonly suffix?: readonly (string | null)[];
}

/** Uses of a name by which somebody is called, the best first (R4 §HumanName.use); one without a use comes before the others. */
const CALLED_BY = ['official', 'usual', undefined, 'nickname', 'anonymous', 'maiden', 'temp', 'old'];

/** A name in a line, as it is written if that is said; undefined when nothing is left of it. */
function nameIn(names: readonly HumanName[] = []): string | undefined {
  const [best] = [...names].sort((a, b) => CALLED_BY.indexOf(a.use) - CALLED_BY.indexOf(b.use));
  const { text, given = [], family, suffix = [] } = best ?? {};
  const words = [...given, family, ...suffix].filter((word) => typeof word === 'string');
  return text ?? (words.length === 0 ? undefined : words.join(' '));
}

/** A Patient as far as it is shown. */
export interface PatientResource {
  readonly name?: readonly HumanName[];
  readonly birthDate?: string;
}

/** Name and day of birth of a Patient. */
export function shownIn(id: string, { name, birthDate }: PatientResource): ShownPatient {
  return { id, name: nameIn(name), birthDate };
}

/** How the screen of sign-in learns who a patient is: as a reading of the Patient, decided and written down like any other. */
export function patientsShown(services: FhirServices): PatientsShown {
  return async (asker, patients, requestId) => {
    const found: ShownPatient[] = [];
    const { fhirUser } = asker;
    const { withdrawals } = services;
    const before = withdrawals?.count ?? 0;
    // Decisions ask what is known of a right to ask for somebody, and cannot wait for it to be read.
    if (isRepresentative(fhirUser)) await services.affiliations?.representations.inForce(fhirUser);
    for (const id of patients) {
      const principal = { ...asker, patient: id };
      const stored = await services.vault.read('Patient', id);
      const reach = reachWithin(principal, 'Patient', 'r');
      if (stored?.text === undefined || reach === undefined) continue;
      const named = { action: 'R', subtype: 'read', type: 'Patient' } as const;
      const context = requestContext(services, principal, Object.assign(newTrail(requestId), named));
      const text = disclose(context, reach, stored)?.text;
      if (text === undefined) continue;
      // Written down first: nobody is shown whom the trail does not name.
      await services.vault.commit({ audits: context.audits(200) });
      found.push(shownIn(id, JSON.parse(text) as PatientResource));
    }
    // Whoever withdrew something while a look was written down is left out: the screen goes without the name.
    return found.filter(({ id }) => withdrawals?.since(before, new Set([id])) !== true);
  };
}
