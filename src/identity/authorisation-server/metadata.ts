/** Members of RFC 8414 / OpenID Connect Discovery that are true of what is served today. */
const served = [
  'issuer',
  'token_endpoint',
  'jwks_uri',
  'grant_types_supported',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
];

/** Every level of SMART scopes v2 in its widest form; a client gets what it is registered for. */
const scopes = ['system/*.cruds', 'user/*.cruds', 'patient/*.cruds'];

/** The discovery document without the endpoints that the library announces and this server does not open (authorization, …). */
export function publishedMetadata(document: unknown): Record<string, unknown> {
  const all = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
  const kept = Object.fromEntries(served.filter((name) => name in all).map((name) => [name, all[name]]));
  return { ...kept, scopes_supported: scopes };
}
