import type { JWK } from 'jose';
import type { Scopes } from '../scope/scopes.ts';

/** A client as the configuration or an administrator names it. Which members it has says what it is. */
export interface ClientConfiguration {
  id: string;
  /** For people: the app's name on the authorisation screen. */
  name?: string | undefined;
  /** From `hashClientSecret`; the secret itself is nowhere. */
  secretHash?: string | undefined;
  /** Public keys with which it signs its assertions (SMART App Launch 2.2, asymmetric authentication). */
  jwks?: { keys: readonly Record<string, unknown>[] } | undefined;
  /** Where its public keys are, in place of `jwks`: https, or http on this machine. */
  jwksUri?: string | undefined;
  /** Where people are sent back to. An app has at least one; a machine client has none. */
  redirectUris?: readonly string[] | undefined;
  /** Where people may be sent after signing out. */
  postLogoutRedirectUris?: readonly string[] | undefined;
  /** Where an EHR launch opens the app. */
  launchUri?: string | undefined;
  /** The most it may ask for, and what a machine client gets when it asks for nothing. */
  scope: string;
  /** v3 PurposeOfUse codes it may state. */
  purposes: readonly string[];
}

/** How a client shows that it is itself. */
export type ClientAuthentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret'; readonly hash: string }
  | { readonly kind: 'keys'; readonly jwks: { readonly keys: readonly JWK[] } }
  | { readonly kind: 'keys-at'; readonly uri: string };

/** A client, checked. */
export interface RegisteredClient {
  readonly id: string;
  readonly name: string;
  readonly authentication: ClientAuthentication;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly launchUri: string | undefined;
  readonly scopes: Scopes;
  readonly purposes: readonly string[];
  /** May ask for a token in the name of a user or patient without them: demo mode only. */
  readonly mayActAsUser: boolean;
  /** The organisation's own portal: the only one through which it is administered. */
  readonly isPortal: boolean;
  /** Id of this registration: whoever registers the same client id anew is somebody else. Absent for configured clients. */
  readonly registration?: string;
}

/** True for a client that people sign in to; false for a machine. */
export function isApp({ redirectUris }: RegisteredClient): boolean {
  return redirectUris.length > 0;
}
