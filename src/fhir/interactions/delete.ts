import type { Reader, StoredVersion } from '../../vault/index.ts';
import { permitsWrite, reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { etagOf, requireMatch } from '../entity-tag.ts';
import { refuseNotice, refuseProtected } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan, type Written } from '../write-plan.ts';
import { removeConsent } from './consent.ts';

const isThere = (current: StoredVersion | undefined): current is StoredVersion => current?.text !== undefined;

/** The plan of a delete. What is not there, or may not be seen, answers 204 as if it had been deleted (FHIR R4 §http-delete). */
export function planDelete(
  context: Context,
  type: string,
  id: string,
  ifMatch: string | undefined,
): WritePlan {
  refuseProtected(type, false);
  const reach = reachOf(context.principal, type, 'd');
  const build = (read: Reader): Written => {
    const current = read.read(type, id);
    const stands = isThere(current) && permitsWrite(context, reach, current.facts, current.patients, 'd');
    requireMatch(ifMatch, stands ? current.version : undefined);
    if (!stands) return { answer: { status: 204, headers: {} } };
    refuseNotice(context, type, id);
    const version = {
      type,
      id,
      version: current.version + 1,
      lastUpdated: context.time.toISOString(),
      patients: current.patients,
      index: [],
      facts: current.facts,
      actor: context.principal.id,
    };
    return { version, answer: { status: 204, headers: { etag: etagOf(version.version) } } };
  };
  return { locks: [resourceLock(type, id)], build };
}

/** FHIR R4 §http-delete: history stays, reads answer 410. */
export function remove(context: Context, type: string, id: string): Promise<Answer> {
  if (type === 'Consent') return removeConsent(context, id);
  return performWrite(context, planDelete(context, type, id, context.headers.ifMatch));
}
