import type { FastifyInstance } from 'fastify';
import { IdentityError } from '../errors.ts';
import { problemOf } from '../http-errors.ts';
import { requireOwnOrigin } from './form-guard.ts';
import { html } from './html.ts';
import { messagePage, setupPage } from './pages.ts';
import type { SignInServices } from './sign-in-services.ts';
import { fields, principalAt, record, send } from './step.ts';

/** Setting a password with a one-time link. */
export function setupRoutes(app: FastifyInstance, services: SignInServices): void {
  const { realm, organisationName, links, grants, passkeys } = services;
  const { pathname: base, origin } = new URL(realm.issuer);
  const at = { base, organisation: organisationName };
  app.get('/auth/setup', (_request, reply) => send(reply, setupPage(at)));
  app.post('/auth/setup', async (request, reply) => {
    requireOwnOrigin(request, origin);
    const given = fields(request);
    const code = given.get('code') ?? '';
    const password = given.get('password') ?? '';
    try {
      if (password !== given.get('again'))
        throw new IdentityError('password-weak', 'The two are not the same.');
      let removed = 0;
      const account = await links.setPassword(code, password, ({ id }) => {
        // Whoever held the account before, with whatever was stolen or added, is out.
        removed = passkeys.removeAll(id);
        grants.endAll(id);
      });
      await record(services, request, {
        subtype: 'set-password',
        outcome: 'success',
        principal: principalAt(services, account, 'setup'),
      });
      return send(
        reply,
        messagePage(
          { ...at, title: 'Your password is set' },
          html`<p>Your login is <strong>${account.login}</strong>.</p>
${removed === 0 ? undefined : html`<p>Passkeys made before are removed: make them anew in the portal, under <em>Apps and passkeys</em>.</p>`}
<p><a href="/sign-in">Sign in to the portal</a></p>`,
        ),
      );
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      await record(services, request, { subtype: 'set-password', outcome: 'minor', detail: error.code });
      const again = error.code === 'password-weak' ? { code } : {};
      return send(
        reply.code(problemOf(error).status),
        setupPage({ ...at, problem: error.message, ...again }),
      );
    }
  });
}
