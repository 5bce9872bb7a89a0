import { signEd25519Native } from '../../crypto/index.ts';
import { derivePatientKey, enrolmentMessage, fromBase64, toBase64 } from '../../proof/index.ts';
import type { HostedOrganisation } from '../organisation/hosted.ts';
import type { Person } from './population/index.ts';

/**
 * Binds each patient's key (use `enrol`, generation 0) at an organisation, by a code and a signature as anybody's
 * (FORMATS §4). Keys that are enrolled already stay.
 */
export async function enrolPatients(
  { core, enrolment }: HostedOrganisation,
  people: readonly Person[],
): Promise<void> {
  const ledger = core.view.ledgerId ?? '';
  for (const { seed, records } of people) {
    const patient = records.find(({ organisation }) => organisation === core.id)?.patient;
    if (patient === undefined) continue;
    const purpose = { ledger, organisation: core.id, use: 'enrol', generation: 0 };
    const { privateKey, publicKey } = derivePatientKey(fromBase64(seed), purpose);
    const subjectKey = toBase64(publicKey);
    if (enrolment.patientOfKey(subjectKey) !== undefined) continue;
    const { code } = await enrolment.openCode(patient, { role: 'self' });
    const message = enrolmentMessage({ code, ledger, organisation: core.id, patient, subjectKey });
    enrolment.enrol(patient, {
      code,
      subjectKey,
      signature: toBase64(signEd25519Native(privateKey, message)),
    });
  }
}
