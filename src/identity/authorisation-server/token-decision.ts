import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Directory } from '../directory/directory.ts';
import { IdentityError } from '../errors.ts';
import type { AppGrants } from './app-grants.ts';
import type { OAuthErrors } from './library.ts';
import { ADMINISTRATION, CONTEXT_SCOPES, scopesForPerson } from './person-scopes.ts';
import { grantToken, type TokenGrant, type TokenParameters } from './token-request.ts';

/** What decisions about tokens rest on. */
export interface DecisionBasis {
  readonly clients: ClientRegistry;
  readonly directory: Directory;
  readonly grants: AppGrants;
}

/** Decides what each request of the library may be given, and what its token says. One for a provider. */
export class TokenDecisions {
  readonly #errors: OAuthErrors;
  readonly #basis: DecisionBasis;
  /** Grants of machine clients, from the decision until their token is signed. */
  readonly #machine = new WeakMap<KoaContextWithOIDC, TokenGrant>();

  constructor(errors: OAuthErrors, basis: DecisionBasis) {
    this.#errors = errors;
    this.#basis = basis;
  }

  /** The FHIR scopes of a request, which replace what was asked in an authorisation request. Throws the library's errors. */
  scopeOf(ctx: KoaContextWithOIDC, clientId: string): string {
    const client = this.#basis.clients.get(clientId);
    if (client === undefined) throw new this.#errors.InvalidClient('client is not registered', clientId);
    const { oidc } = ctx;
    if (oidc.route === 'authorization' || oidc.route === 'resume') {
      const asked = String(oidc.params?.scope ?? '');
      const account = oidc.session?.accountId;
      const roles = account === undefined ? undefined : this.#basis.directory.byId(account)?.roles;
      const granted = this.#asOAuthError(() => scopesForPerson(client, asked, roles));
      const words = asked.split(' ').filter((word) => CONTEXT_SCOPES.some((known) => known === word));
      // What was decided replaces what was asked, so that the screen, the code and the token say the same.
      if (oidc.params !== undefined) oidc.params.scope = [...words, ...granted].join(' ');
      return granted.join(' ');
    }
    const source = oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken;
    if (source !== undefined) {
      const roles = this.#basis.directory.byId(source.accountId ?? '')?.roles;
      const kept = String(source.scope ?? '')
        .split(' ')
        .filter((word) => (word.includes('/') && !word.startsWith('launch/')) || word === ADMINISTRATION);
      return this.#asOAuthError(() => scopesForPerson(client, kept.join(' '), roles ?? [])).join(' ');
    }
    const grant = this.#asOAuthError(() => grantToken(client, (oidc.body ?? {}) as TokenParameters));
    this.#machine.set(ctx, grant);
    if (oidc.params !== undefined) oidc.params.scope = grant.scope;
    return grant.scope;
  }

  /** The claims of a token beyond the registered ones. */
  claimsOf(ctx: KoaContextWithOIDC, grantId: string | undefined): Record<string, unknown> {
    const machine = this.#machine.get(ctx);
    if (machine !== undefined) {
      const { scope: _scope, ...claims } = machine;
      return claims;
    }
    const granted = grantId === undefined ? undefined : this.#basis.grants.get(grantId);
    if (granted === undefined) throw new this.#errors.InvalidGrant('the authorisation has ended');
    const { grant, fhirUser, patient, purposes, roles } = granted;
    return {
      purpose_of_use: purposes,
      roles,
      grant,
      ...(fhirUser === undefined ? {} : { fhirUser }),
      ...(patient === undefined ? {} : { patient }),
    };
  }

  /** RFC 6749 §5.2 has `invalid_scope` for scopes and `invalid_request` for every other parameter value. */
  #asOAuthError<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      if (error.code.startsWith('scope-'))
        throw new this.#errors.CustomOIDCProviderError('invalid_scope', error.message);
      throw new this.#errors.InvalidRequest(error.message);
    }
  }
}
