import { canonicalize, type JsonObject } from '../proof/index.ts';
import { parseResource, R4ParseError, validate } from '../r4/index.ts';
import { compileConsent } from './compile.ts';
import type { ConsentServices } from './consent-services.ts';
import type { CompiledConsent } from './decision.ts';
import { ConsentError, type ConsentIssue } from './errors.ts';

/**
 * A Consent that can be recorded: valid FHIR R4, enforceable to the last element, about this one patient, who exists here,
 * naming members only. Throws ConsentError `consent-unsupported`, `patient-mismatch` or `patient-unknown`.
 */
export async function checkConsent(
  services: Pick<ConsentServices, 'vault' | 'members'>,
  consent: JsonObject,
  id: string,
  patient: string,
): Promise<CompiledConsent> {
  // First what costs least: a Consent of ten thousand provisions is refused before anything walks through all of it.
  const outcome = compileConsent(consent, id, 'active');
  if ('refused' in outcome)
    throw unsupported('The Consent says something that cannot be enforced here.', outcome.refused);
  const invalid = validityIssues(consent, id);
  if (invalid.length > 0) throw unsupported('The Consent is not valid FHIR R4.', invalid);
  const { reference } = (consent.patient ?? {}) as { reference?: unknown };
  if (reference !== `Patient/${patient}`) {
    throw new ConsentError('patient-mismatch', 'Consent.patient must refer to the patient of the request.');
  }
  const strangers = outcome.consent.grantees.filter((grantee) => !services.members().includes(grantee));
  if (strangers.length > 0) {
    throw unsupported(
      'The Consent names an organisation that is no member.',
      strangers.map((organisation) => ({
        expression: 'Consent.provision.actor',
        code: 'invalid' as const,
        message: `${organisation} is no active member of the network.`,
      })),
    );
  }
  await requirePatient(services, patient);
  return outcome.consent;
}

/** Throws ConsentError `patient-unknown` unless the Patient exists here. */
async function requirePatient({ vault }: Pick<ConsentServices, 'vault'>, patient: string): Promise<void> {
  const stored = await vault.read('Patient', patient);
  if (stored?.text === undefined)
    throw new ConsentError('patient-unknown', 'There is no such patient here, or you may not act for them.');
}

function validityIssues(consent: JsonObject, id: string): ConsentIssue[] {
  try {
    const { resource, text } = parseResource(canonicalize({ ...consent, id }));
    return validate(resource, text)
      .filter(({ severity }) => severity === 'error')
      .map(({ expression, message }) => ({ expression: expression ?? 'Consent', code: 'invalid', message }));
  } catch (error) {
    if (!(error instanceof R4ParseError)) throw error;
    return [{ expression: error.expression ?? 'Consent', code: 'invalid', message: error.message }];
  }
}

function unsupported(message: string, issues: readonly ConsentIssue[]): ConsentError {
  return new ConsentError('consent-unsupported', message, { issues });
}
