import { ASSERTION_ALGORITHMS } from '../clients/client-key.ts';
import type { TokenRealm } from '../token/access-token.ts';
import { CONTEXT_SCOPES } from './person-scopes.ts';

/** Members of the library's RFC 8414 / OpenID Connect Discovery document that are true of what is served. */
const served = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'response_modes_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'code_challenge_methods_supported',
  'authorization_response_iss_parameter_supported',
  'claims_supported',
];

/** Every level of SMART scopes v2 in its widest form; a client gets what it is registered for. */
const scopes = ['system/*.cruds', 'user/*.cruds', 'patient/*.cruds', ...CONTEXT_SCOPES];

/** The discovery document without what the library announces and this server does not open. */
export function publishedMetadata(document: unknown, { issuer }: TokenRealm): Record<string, unknown> {
  const all = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  const kept = Object.fromEntries(served.filter((name) => name in all).map((name) => [name, all[name]]));
  return { ...kept, introspection_endpoint: `${issuer}/introspect`, scopes_supported: scopes };
}

/**
 * `.well-known/smart-configuration` (SMART App Launch 2.2, "Conformance"). A capability stands here when a test shows it;
 * `permission-online` is that of `online_access`.
 */
export function smartConfiguration({ issuer }: TokenRealm): Record<string, unknown> {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: scopes,
    capabilities: [
      'launch-ehr',
      'launch-standalone',
      'authorize-post',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-ehr-patient',
      'context-ehr-encounter',
      'context-banner',
      'context-standalone-patient',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  };
}
