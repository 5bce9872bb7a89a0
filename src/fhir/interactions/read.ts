import type { StoredVersion } from '../../vault/index.ts';
import { disclose, reachOf } from '../access.ts';
import { type Answer, type Context, etagOf, versionAnswer } from '../context.ts';
import { FhirError } from '../errors.ts';

const notFound = () => new FhirError('not-found', 'There is no such resource, or you may not see it.');

/**
 * The version to show, once the decision has passed. What does not exist, was erased or is not permitted
 * answers the same `not-found`; `gone` is said only to those who could have seen the resource (FHIR R4 §http-read).
 */
export async function readPermitted(
  context: Context,
  type: string,
  id: string,
  version?: number,
): Promise<StoredVersion> {
  const reach = reachOf(context.principal, type, 'r');
  const stored = await context.services.vault.read(type, id, version);
  if (stored === undefined || stored.erased === true) throw notFound();
  if (!disclose(context, reach, stored)) throw notFound();
  if (stored.deleted === true) throw new FhirError('gone', 'The resource was deleted.');
  return stored;
}

/** FHIR R4 §http-read and §http-vread. Answers 304 when If-None-Match names the current version. */
export async function read(context: Context, type: string, id: string, version?: number): Promise<Answer> {
  context.trail.action = 'R';
  context.trail.subtype = version === undefined ? 'read' : 'vread';
  const stored = await readPermitted(context, type, id, version);
  if (context.headers.ifNoneMatch === etagOf(stored.version)) {
    return { status: 304, headers: { etag: etagOf(stored.version) } };
  }
  return versionAnswer(200, stored);
}
