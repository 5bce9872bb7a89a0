import type { Principal } from '../identity/index.ts';
import type { StoredVersion } from '../vault/index.ts';
import { judge, reachWithin } from './access.ts';
import { requestContext } from './context.ts';
import type { FhirServices } from './services.ts';
import { newTrail } from './trail.ts';

/**
 * Whether a principal could read a stored version through FHIR: the one decision, for rooms that show what is in a version under
 * routes of their own. False where only a redacted form may be shown, since those rooms show the whole. Notes nothing: what is shown
 * is for the caller to record.
 */
export function mayRead(services: FhirServices, principal: Principal, stored: StoredVersion): boolean {
  const reach = reachWithin(principal, stored.type, 'r') ?? reachWithin(principal, stored.type, 's');
  if (reach === undefined) return false;
  const judged = judge(requestContext(services, principal, newTrail('')), reach, stored);
  return judged !== undefined && judged.shown.redacted !== true;
}
