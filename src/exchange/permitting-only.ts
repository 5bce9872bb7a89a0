import type { CompiledConsent } from '../consent/index.ts';
import type { FhirServices } from '../fhir/index.ts';

/** A consent of which denials count and permissions do not. */
const denyingOnly = (consent: CompiledConsent): CompiledConsent =>
  consent.status === 'active' ? { ...consent, status: 'revoking' } : consent;

interface Narrowed {
  readonly all: readonly CompiledConsent[];
  readonly left: readonly CompiledConsent[];
}

/**
 * The decision's services, where only consents that `permits` is true of may permit; every other one still denies. A list that did not
 * change gives the same list again: what it comes to is kept with it.
 */
export function permittingOnly(
  services: FhirServices,
  permits: (consent: CompiledConsent, patient: string) => boolean,
): FhirServices {
  const narrowed = new Map<string, Narrowed>();
  const consentsOf = (patient: string): readonly CompiledConsent[] => {
    const all = services.consentsOf(patient);
    const known = narrowed.get(patient);
    if (known?.all === all) return known.left;
    const left = all.map((each) => (permits(each, patient) ? each : denyingOnly(each)));
    narrowed.set(patient, { all, left });
    return left;
  };
  return { ...services, consentsOf };
}
