import type { FastifyRequest } from 'fastify';
import { equalSecret, hmac } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';
import type { RecordSealing } from '../storage/sealing.ts';

/** The value that a form of one interaction carries: nobody else can make it. */
export function formValue(sealing: RecordSealing, uid: string): string {
  return hmac(sealing.derived('forms'), uid).toString('base64url');
}

/**
 * Refuses a form that another site sent in somebody's name. Three things stand in its way: the interaction's cookie is SameSite
 * and bound to this path, browsers say where a form comes from (Origin, Sec-Fetch-Site), and the form carries a value that
 * only this page had. Throws IdentityError `form-stale`.
 */
export function requireOwnForm(
  request: FastifyRequest,
  { sealing, origin, uid }: { sealing: RecordSealing; origin: string; uid: string },
  given: unknown,
): void {
  requireOwnOrigin(request, origin);
  const own =
    typeof given === 'string' && equalSecret(Buffer.from(given), Buffer.from(formValue(sealing, uid)));
  if (!own) throw stale();
}

/** Refuses what a browser says comes from elsewhere. Throws IdentityError `form-stale`. */
export function requireOwnOrigin({ headers }: FastifyRequest, origin: string): void {
  const site = headers['sec-fetch-site'];
  const foreign =
    (headers.origin !== undefined && headers.origin !== origin) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (foreign) throw stale();
}

function stale(): IdentityError {
  return new IdentityError(
    'form-stale',
    'This form is not of this page, or too old: go back to the app and start again.',
  );
}
