import { CliError, EXIT } from '../exit-code.ts';
import type { DemoHttp } from './demo-http.ts';
import { PatientDevice } from './patient-device.ts';

/** Where the records are, who wants to read them, and where the patient takes the grant back. */
export const CUSTODIAN = { id: 'st-mary', name: 'St. Mary Hospital' };
export const GRANTEE = { id: 'lakeside', name: 'Lakeside Clinic' };
export const THIRD = { id: 'meridian', name: 'Meridian Health Plan' };

/** Everybody and everything in the story. */
export interface Cast {
  readonly patient: {
    readonly name: string;
    readonly device: PatientDevice;
    readonly token: string;
    readonly at: (organisation: string) => string;
  };
  readonly clinician: { readonly name: string; readonly token: string };
}

interface Persona {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly organisation: string;
  readonly seed?: string;
  readonly records?: readonly { readonly organisation: string; readonly patient: string }[];
}

/** Signs a patient with records at both organisations and a clinician of the clinic in. Throws CliError when it is no demo. */
export async function findCast(http: DemoHttp): Promise<Cast> {
  const { demo, ledger } = await http.json<{ demo: boolean; ledger: { id: string } }>(
    '/.well-known/holdfast',
  );
  if (!demo)
    throw new CliError(
      EXIT.unusable,
      'not-a-demo',
      'This node is no demo: nothing is tried out on real records.',
    );
  const personas = await http.json<Persona[]>('/demo/personas');
  const recordAt = ({ records = [] }: Persona, organisation: string) =>
    records.find((record) => record.organisation === organisation)?.patient;
  const patient = personas.find(
    (each) =>
      each.seed !== undefined && [CUSTODIAN, GRANTEE].every(({ id }) => recordAt(each, id) !== undefined),
  );
  const clinician = personas.find(
    ({ role, organisation }) => role === 'clinician' && organisation === GRANTEE.id,
  );
  if (patient?.seed === undefined || clinician === undefined) {
    throw new CliError(
      EXIT.unusable,
      'not-a-demo',
      'The demo has nobody to tell the story about: renew it with --reset.',
    );
  }
  const signIn = async (persona: Persona, organisation: string): Promise<string> => {
    const call = { method: 'POST', body: { persona: persona.id, organisation } } as const;
    return (await http.json<{ access_token: string }>('/demo/sign-in', call)).access_token;
  };
  return {
    patient: {
      name: patient.name,
      device: new PatientDevice(patient.seed, ledger.id),
      token: await signIn(patient, CUSTODIAN.id),
      at: (organisation) => recordAt(patient, organisation) ?? '',
    },
    clinician: { name: clinician.name, token: await signIn(clinician, GRANTEE.id) },
  };
}
