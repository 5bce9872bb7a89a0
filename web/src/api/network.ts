import { json } from './http.ts';

/** An organisation of the network as the node publishes it. */
export interface Organisation {
  id: string;
  name: string;
  fhir: string;
  auth: string;
  log: string;
}

/** `/.well-known/holdfast` (FORMATS §6). */
export interface Network {
  name: string;
  version: string;
  demo: boolean;
  ledger: { id: string; engine: string; height: number };
  organisations: Organisation[];
}

/** What the node says of itself. */
export const fetchNetwork = (): Promise<Network> => json<Network>('/.well-known/holdfast');

/** A demo persona (FORMATS §8). */
export interface Persona {
  id: string;
  name: string;
  role: string;
  organisation: string;
  patient?: string;
  records?: { organisation: string; patient: string }[];
  /** Base64 of the patient's 32-byte seed; public, since everybody here is invented. */
  seed?: string;
}

/** Everybody to sign in as. */
export const fetchPersonas = (): Promise<Persona[]> => json<Persona[]>('/demo/personas');

/** A bearer token for one organisation. */
export interface SignIn {
  access_token: string;
  expires_in: number;
  patient?: string;
}

/** Signs a persona in at one of its organisations. */
export const signIn = (persona: string, organisation: string): Promise<SignIn> =>
  json<SignIn>('/demo/sign-in', { method: 'POST', body: { persona, organisation } });
