import type { RegisteredClient } from '../clients/client-configuration.ts';
import { IdentityError } from '../errors.ts';
import { isFhirUser, isLogicalId } from '../principal.ts';
import { DEFAULT_PURPOSE, parsePurposes } from '../purpose-of-use.ts';
import { compileScopes, covers, hasLevel, parseResourceScopes } from '../scope/scopes.ts';
import type { AccessClaims } from '../token/access-token.ts';

/** The form parameters of a token request, as parsed: a repeated one is a list (RFC 6749 §3.2 forbids it). */
export type TokenParameters = Readonly<Record<string, unknown>>;

/** What a token request is given: the scope of the token and its claims beyond the registered ones. */
export type TokenGrant = Pick<
  AccessClaims,
  'scope' | 'purpose_of_use' | 'fhirUser' | 'patient' | 'registration'
>;

/**
 * What an authenticated client gets for its request. Pure. Every resource scope asked for must be covered by the
 * registered ones: nothing is narrowed silently. Throws IdentityError `scope-malformed`, `scope-unsupported`,
 * `scope-insufficient`, `purpose-unknown` or `request-invalid`.
 */
export function grantToken(client: RegisteredClient, parameters: TokenParameters): TokenGrant {
  const fhirUser = userParameter(client, parameters, 'fhir_user');
  if (fhirUser !== undefined && !isFhirUser(fhirUser))
    throw invalid('fhir_user must read like Practitioner/12.');
  const named = userParameter(client, parameters, 'patient');
  if (named !== undefined && !isLogicalId(named))
    throw invalid('patient must be the logical id of a Patient.');
  // Somebody who signs in as a patient has themself in context unless another is named.
  const patient = named ?? (fhirUser?.startsWith('Patient/') ? fhirUser.slice('Patient/'.length) : undefined);
  return {
    scope: grantedScope(client, parameters, { fhirUser, patient }),
    purpose_of_use: grantedPurposes(client, parameters),
    ...(fhirUser === undefined ? {} : { fhirUser }),
    ...(patient === undefined ? {} : { patient }),
    ...(client.registration === undefined ? {} : { registration: client.registration }),
  };
}

interface Context {
  fhirUser: string | undefined;
  patient: string | undefined;
}

function grantedScope(client: RegisteredClient, parameters: TokenParameters, context: Context): string {
  const asked = parseResourceScopes(single(parameters, 'scope') ?? defaultScope(client, context));
  if (asked.length === 0)
    throw scopeRefusal('Ask for at least one resource scope, such as system/Observation.rs.');
  if (!asked.every((scope) => covers(client.scopes, scope))) {
    throw scopeRefusal('A scope asked for exceeds what this client is registered for.');
  }
  if (context.patient === undefined && hasLevel(asked, 'patient')) {
    throw scopeRefusal('patient/ scopes need a patient in context.');
  }
  if (context.fhirUser === undefined && hasLevel(asked, 'user'))
    throw scopeRefusal('user/ scopes need a user.');
  return compileScopes(asked).text;
}

/** A request without a scope gets what the client is registered for; in the name of a person, that person's reach. */
function defaultScope(client: RegisteredClient, { fhirUser }: Context): string {
  if (!client.mayActAsUser) return client.scopes.text;
  if (fhirUser === undefined) return 'system/*.cruds';
  return fhirUser.startsWith('Patient/') ? 'patient/*.cruds' : 'user/*.cruds';
}

function grantedPurposes(client: RegisteredClient, parameters: TokenParameters): readonly string[] {
  const asked = parsePurposes(single(parameters, 'purpose_of_use') ?? DEFAULT_PURPOSE);
  if (!asked.every((purpose) => client.purposes.includes(purpose))) {
    throw invalid(`purpose_of_use: this client may state ${client.purposes.join(', ')}.`);
  }
  return asked;
}

function userParameter(
  client: RegisteredClient,
  parameters: TokenParameters,
  name: string,
): string | undefined {
  const value = single(parameters, name);
  if (value !== undefined && !client.mayActAsUser) {
    throw invalid(`${name} cannot be asked for by a machine client.`);
  }
  return value;
}

/** RFC 6749 §3.2: parameters sent without a value are as if omitted, and none may be sent twice. */
function single(parameters: TokenParameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalid(`${name} must not be given twice.`);
  return value;
}

function invalid(message: string): IdentityError {
  return new IdentityError('request-invalid', message);
}

function scopeRefusal(message: string): IdentityError {
  return new IdentityError('scope-insufficient', message);
}
