import type { Principal } from '../identity/index.ts';
import { type DecisionFacts, decisionFacts } from '../r4/index.ts';
import { permitsWrite, reachWithin } from './access.ts';
import { requestContext } from './context.ts';
import type { FhirServices } from './services.ts';
import { newTrail } from './trail.ts';

/** What is erased or merged, and with which right. */
export interface Administered {
  readonly type: string;
  readonly id: string;
  readonly permission: 'u' | 'd';
}

/**
 * Whether a principal may erase or merge a resource: the decision by which it would be written, never with a patient's own token.
 * A patient of whom no Patient is stored is decided as one without labels. What was erased already is decided by scopes alone:
 * whose it was is gone with it.
 */
export async function mayAdminister(
  services: FhirServices,
  principal: Principal,
  { type, id, permission }: Administered,
): Promise<boolean> {
  const reach = reachWithin(principal, type, permission);
  if (principal.kind === 'patient' || reach === undefined || reach.patientOnly !== undefined) return false;
  const stored = await services.vault.read(type, id);
  if (stored?.erased === true) return true;
  const context = requestContext(services, principal, newTrail(''));
  if (stored !== undefined) return permitsWrite(context, reach, stored.facts, stored.patients, permission);
  const facts: DecisionFacts = decisionFacts({ resourceType: type, id });
  return permitsWrite(context, reach, facts, type === 'Patient' ? [id] : [], permission);
}
