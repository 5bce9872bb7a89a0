import { type FhirServices, serve } from '../../fhir/index.ts';
import type { PatientsFound } from '../../identity/index.ts';
import { type PatientResource, shownIn } from './patients-shown.ts';

/** People of one name and one day of birth: twins and namesakes. */
const COUNT = '20'; // a radio button each

interface Searchset {
  readonly entry?: readonly { readonly resource: PatientResource & { readonly id: string } }[];
}

/** R4 §search escaping: a comma or a bar in a name is a letter of it. */
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&');

/** How staff at the screen of sign-in look for a patient: by a FHIR search with their own rights, decided and written down like any other. */
export function patientsFound(services: FhirServices): PatientsFound {
  return async (asker, { family, birthDate }, requestId) => {
    const query = new URLSearchParams({ family: escaped(family), birthdate: birthDate, _count: COUNT });
    const answer = await serve(
      // Who asks was recognised by the session of this browser: there is no token yet.
      { ...services, authenticate: async () => asker },
      {
        id: requestId,
        method: 'GET',
        path: '/Patient',
        query: String(query),
        authorization: undefined,
        accept: undefined,
        contentType: undefined,
        contentEncoding: undefined,
        headers: {},
        body: '',
      },
    );
    // A role that reaches no patients finds none; the refusal stands in the trail.
    if (answer.status >= 400 && answer.status < 500) return [];
    if (answer.status !== 200 || answer.body === undefined)
      throw new Error(`looking for a patient: ${answer.status}`);
    const { entry = [] } = JSON.parse(answer.body) as Searchset;
    return entry.map(({ resource }) => shownIn(resource.id, resource));
  };
}
