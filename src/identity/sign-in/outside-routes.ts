import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Account } from '../directory/account.ts';
import { IdentityError } from '../errors.ts';
import { recordDurably } from '../recorder.ts';
import { type Interaction, interactionOf, interactionOfForm } from './interaction.ts';
import { bindOutside, takeOutside } from './outside-cookie.ts';
import { OUTSIDE_SECONDS, type OutsideProvider } from './outside-provider.ts';
import type { SignInServices } from './sign-in-services.ts';

/** Ends the step of sign-in; where the browser goes on. */
type SignedIn = (request: FastifyRequest, interaction: Interaction, account: Account) => Promise<string>;

/**
 * Sign-in at the organisation's own provider. The callback takes an answer from the browser that left for it and from no other, and
 * does not end the step by itself: it leads back below the interaction's path, where the browser shows the cookie of whoever began.
 * So nobody is signed in as somebody else by a link, whichever of the two follows it.
 */
export function outsideRoutes(app: FastifyInstance, services: SignInServices, signedIn: SignedIn): void {
  const { directory, recorder, realm, sealing } = services;
  const cookie = { sealing, issuer: realm.issuer };
  const { pathname: base } = new URL(realm.issuer);
  const configured = (): OutsideProvider => {
    if (services.outside !== undefined) return services.outside;
    throw new IdentityError('outside-sign-in-failed', 'This organisation signs its people in by itself.');
  };

  app.post('/auth/interaction/:uid/outside', async (request, reply) => {
    const outside = configured();
    const form = request.body instanceof URLSearchParams ? request.body.get('form') : undefined;
    const { uid } = await interactionOfForm(services, request, reply, 'login', form);
    const { url, state } = await outside.begin(uid);
    bindOutside(cookie, reply, { state, seconds: OUTSIDE_SECONDS });
    return reply.header('cache-control', 'no-store').redirect(url, 303);
  });

  app.get('/auth/outside/callback', async (request, reply) => {
    const outside = configured();
    try {
      const query = request.url.split('?')[1] ?? '';
      takeOutside(cookie, request, reply, new URLSearchParams(query).get('state') ?? '');
      const { issuer, subject, uid } = await outside.finish(query);
      const account = directory.byOutside(issuer, subject);
      if (account === undefined || account.closed)
        throw new IdentityError(
          'outside-sign-in-failed',
          'You have no account at this organisation: ask its administrator.',
        );
      outside.vouch(uid, account.id);
      return reply.header('cache-control', 'no-store').redirect(`${base}/interaction/${uid}/outside`, 303);
    } catch (error) {
      await recordDurably(recorder, {
        kind: 'sign-in',
        action: 'E',
        subtype: 'outside',
        outcome: 'minor',
        detail: 'outside-sign-in-failed',
        patients: [],
        objects: [],
        requestId: request.id,
      });
      throw error;
    }
  });

  app.get('/auth/interaction/:uid/outside', async (request, reply) => {
    const outside = configured();
    const interaction = await interactionOf(services, request, reply);
    const account = directory.byId(outside.vouchedFor(interaction.uid) ?? '');
    if (interaction.prompt !== 'login' || account === undefined || account.closed)
      throw new IdentityError('form-stale', 'This sign-in is over: start again from the app.');
    const to = await signedIn(request, interaction, account);
    return reply.header('cache-control', 'no-store').redirect(to, 303);
  });
}
