import { derivePatientKey, enrolmentMessage, signEd25519, toBase64 } from '../../proof/index.ts';
import { bearer, LEDGER, type SuiteNode, startNode } from './identity-node.ts';

/** What came back over HTTP. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

let generation = 0;

/** A patient's key that no case used before. */
export const newKey = () =>
  derivePatientKey(new Uint8Array(32).fill(7), {
    ledger: LEDGER,
    organisation: 'st-mary',
    use: 'enrol',
    generation: generation++,
  });

/** A body of `PUT …/key` over a statement in which a case changes something. */
export function enrolmentRequest(
  code: string,
  key = newKey(),
  changes: Partial<Parameters<typeof enrolmentMessage>[0]> = {},
) {
  const subjectKey = toBase64(key.publicKey);
  const statement = { code, ledger: LEDGER, organisation: 'st-mary', patient: 'p1', subjectKey, ...changes };
  return { code, subjectKey, signature: toBase64(signEd25519(key.privateKey, enrolmentMessage(statement))) };
}

/** A running server with a member of staff and the patient `p1` of `st-mary`, and calls to its patients' routes. */
export async function startEnrolling() {
  const node: SuiteNode = await startNode();
  const staff = await bearer(node.mary, { scope: 'user/Patient.ru', fhirUser: 'Practitioner/1' });
  const patientToken = await bearer(node.mary, {
    scope: 'patient/*.rs patient/Consent.cruds',
    fhirUser: 'Patient/p1',
    patient: 'p1',
  });
  async function call(
    method: string,
    path: string,
    authorization?: string,
    body?: unknown,
    organisation = 'st-mary',
  ): Promise<Answer> {
    const response = await fetch(`${node.url}/orgs/${organisation}/patients/${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, body: json, headers: response.headers };
  }
  const openCode = async (patient = 'p1', body?: unknown): Promise<string> =>
    String((await call('POST', `${patient}/enrolment`, staff, body)).body.code);
  return { node, staff, patientToken, call, openCode };
}

/** A running server of the enrolment suites. */
export type Enrolling = Awaited<ReturnType<typeof startEnrolling>>;
