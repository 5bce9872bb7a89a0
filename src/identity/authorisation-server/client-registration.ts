import { IdentityError } from '../errors.ts';
import { parsePurposes, purposeCodes } from '../purpose-of-use.ts';
import { parseScopes, type Scopes } from '../scope/scopes.ts';
import { hashClientSecret, isClientSecretHash } from './client-secret.ts';

/** A machine client as the configuration names it. */
export interface ClientConfiguration {
  id: string;
  /** From `hashClientSecret`; the secret itself is nowhere. */
  secretHash: string;
  /** The most it may ask for, and what it gets when it asks for nothing. */
  scope: string;
  /** v3 PurposeOfUse codes it may state. */
  purposes: readonly string[];
}

/** A machine client, checked. */
export interface RegisteredClient {
  id: string;
  secretHash: string;
  scopes: Scopes;
  purposes: readonly string[];
  /** May ask for a token in the name of a user or patient: demo mode only. */
  mayActAsUser: boolean;
}

/** What a client id may be made of: it appears in tokens, events and form bodies. */
const clientIdPattern = /^[\w.~-]{1,128}$/;

/**
 * The registered clients of an organisation. Throws IdentityError `client-invalid` naming the client (by place when its
 * id is unusable) and what is wrong with it. Nothing is registered unless all are valid.
 */
export function registerClients(configured: readonly ClientConfiguration[]): RegisteredClient[] {
  const ids = new Set<string>();
  return configured.map((client, index) => {
    const { id, secretHash } = client;
    if (!clientIdPattern.test(id))
      throw invalid(`number ${index + 1}`, 'its id may hold letters, digits and . ~ _ - only');
    if (ids.has(id)) throw invalid(id, 'its id is used twice');
    ids.add(id);
    if (!isClientSecretHash(secretHash))
      throw invalid(id, 'secretHash must come from hashing its secret with scrypt');
    try {
      const scopes = parseScopes(client.scope);
      if (scopes.text === '') throw invalid(id, 'it has no resource scope');
      // A machine has no user and no patient in context: such a scope could never be meant.
      if (scopes.user.size + scopes.patient.size > 0)
        throw invalid(id, 'a machine client takes system/ scopes only');
      return {
        id,
        secretHash,
        scopes,
        purposes: parsePurposes(client.purposes.join(' ')),
        mayActAsUser: false,
      };
    } catch (cause) {
      if (cause instanceof IdentityError && cause.code === 'client-invalid') throw cause;
      throw invalid(id, cause instanceof Error ? cause.message : 'it cannot be read', cause);
    }
  });
}

/** The client `demo` / `demo` of demo mode (FORMATS §8). Its secret is public, so it exists in demo mode only. */
export async function demoClient(): Promise<RegisteredClient> {
  return {
    id: 'demo',
    secretHash: await hashClientSecret('demo'),
    scopes: parseScopes('system/*.cruds user/*.cruds patient/*.cruds'),
    purposes: purposeCodes,
    mayActAsUser: true,
  };
}

function invalid(client: string, reason: string, cause?: unknown): IdentityError {
  return new IdentityError('client-invalid', `Client ${client}: ${reason}.`, { cause });
}
