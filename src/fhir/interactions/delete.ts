import { mayWrite, reachOf } from '../access.ts';
import { type Answer, type Context, etagOf } from '../context.ts';
import { FhirError } from '../errors.ts';
import { refuseProtected } from '../write-answer.ts';
import { performWrite, resourceLock, type WritePlan } from '../write-plan.ts';
import { requireVersion } from './update.ts';

/** The plan of a delete. What is not there, or may not be seen, answers 204 as if it had been deleted (FHIR R4 §http-delete). */
export function planDelete(
  context: Context,
  type: string,
  id: string,
  ifMatch: string | undefined,
): WritePlan {
  refuseProtected(context, type);
  const reach = reachOf(context.principal, type, 'd');
  return {
    locks: [resourceLock(type, id)],
    build: (read) => {
      const current = read.read(type, id);
      if (current === undefined || current.deleted === true || current.erased === true)
        return { answer: { status: 204, headers: {} } };
      try {
        mayWrite(context, reach, current.facts, current.patients);
      } catch (error) {
        if (error instanceof FhirError && error.code === 'not-permitted')
          return { answer: { status: 204, headers: {} } };
        throw error;
      }
      requireVersion(ifMatch, current.version);
      const version = {
        type,
        id,
        version: current.version + 1,
        lastUpdated: context.time.toISOString(),
        patients: [...current.patients],
        index: [],
        facts: current.facts,
        actor: context.principal.id,
      };
      return { version, answer: { status: 204, headers: { etag: etagOf(version.version) } } };
    },
  };
}

/** FHIR R4 §http-delete: history stays, reads answer 410. */
export async function remove(context: Context, type: string, id: string): Promise<Answer> {
  context.trail.action = 'D';
  context.trail.subtype = 'delete';
  if (type === 'Consent') {
    const reach = reachOf(context.principal, type, 'd');
    const current = await context.services.vault.read(type, id);
    if (current === undefined || current.deleted === true) return { status: 204, headers: {} };
    mayWrite(context, reach, current.facts, current.patients);
    const { version } = await context.services.consentPath.remove({ id, actor: context.principal.id });
    context.trail.objects.add(`Consent/${id}/_history/${version}`);
    return { status: 204, headers: { etag: etagOf(version) } };
  }
  return performWrite(context, planDelete(context, type, id, context.headers.ifMatch));
}
