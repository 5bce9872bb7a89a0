import type { FastifyReply, FastifyRequest } from 'fastify';
import { equalSecret, hmac } from '../../crypto/index.ts';
import { IdentityError } from '../errors.ts';
import type { RecordSealing } from '../storage/sealing.ts';

/** What the cookie is made with. */
export interface OutsideCookieParts {
  readonly sealing: RecordSealing;
  readonly issuer: string;
}

/** Enough of a `state` to tell apart what one browser has begun in several tabs. */
const NAME_CHARACTERS = 16; // 96 bits of a random text

/**
 * Gives the browser that leaves for the outside provider the cookie with which alone it comes back. The address that it is sent to
 * can be handed to somebody else, who is signed in there already and would answer without noticing; the cookie cannot.
 */
export function bindOutside(
  parts: OutsideCookieParts,
  reply: FastifyReply,
  { state, seconds }: { state: string; seconds: number },
): void {
  reply.header('set-cookie', `${nameOf(state)}=${secretOf(parts, state)}; Max-Age=${seconds}${about(parts)}`);
}

/** Takes the cookie of the browser that left. Throws IdentityError `outside-sign-in-failed` for every other browser. */
export function takeOutside(
  parts: OutsideCookieParts,
  request: FastifyRequest,
  reply: FastifyReply,
  state: string,
): void {
  const given = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${nameOf(state)}=`))
    ?.slice(nameOf(state).length + 1);
  if (given === undefined || !equalSecret(Buffer.from(given), Buffer.from(secretOf(parts, state))))
    throw new IdentityError(
      'outside-sign-in-failed',
      'This sign-in is over, or was begun in another browser: start again from the app.',
    );
  reply.header('set-cookie', `${nameOf(state)}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT${about(parts)}`);
}

function nameOf(state: string): string {
  return `holdfast_outside_${state.slice(0, NAME_CHARACTERS)}`;
}

/** Whoever reads a `state` in an address or a log cannot make it. */
function secretOf({ sealing }: OutsideCookieParts, state: string): string {
  return hmac(sealing.derived('outside-cookie'), state).toString('base64url');
}

/** Lax: the browser comes back from another site. */
function about({ issuer }: OutsideCookieParts): string {
  const { pathname, protocol } = new URL(issuer);
  return `; Path=${pathname}/outside; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`;
}
