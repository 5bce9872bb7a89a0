import { json } from './http.ts';

/** A user as the administrator sees them. */
export interface User {
  id: string;
  login: string;
  name: string;
  roles: string[];
  fhirUser?: string;
  closed: boolean;
  locked: boolean;
  hasPassword: boolean;
  passkeys: number;
}

/** A one-time link. */
export interface Link {
  url: string;
  expires: string;
}

/** A client. */
export interface Client {
  id: string;
  name: string;
  origin: 'built-in' | 'configured' | 'registered';
  /** Id of its registration; the built-in and configured ones have none. */
  registration?: string;
  /** Another administrator has yet to confirm it. */
  waits?: boolean;
  authentication: string;
  redirectUris: string[];
  scope: string;
}

/** Members and keys. */
export interface NetworkOverview {
  members: { organisation: string; status: string }[];
  keys: { use: string; algorithm: string; key: string; from: number; until?: number }[];
}

/** Somebody new. */
export interface NewUser {
  login: string;
  name: string;
  roles: string[];
  fhirUser?: string;
}

/** An app or a machine to be registered. */
export interface NewClient {
  id: string;
  name: string;
  scope: string;
  purposes: string[];
  secret: boolean;
  redirectUris?: string[];
  launchUri?: string;
}

const at = (organisation: string) => `/orgs/${organisation}/administration`;

/** Everybody with an account, and the roles that somebody may have. */
export const fetchUsers = (
  organisation: string,
  token: string,
): Promise<{ users: User[]; roles: string[] }> => json(`${at(organisation)}/users`, { token });

/** Makes an account, and a link with which its owner sets a password. */
export const addUser = (
  organisation: string,
  token: string,
  user: NewUser,
): Promise<{ user: User; link: Link }> =>
  json(`${at(organisation)}/users`, { token, method: 'POST', body: user });

/** Opens or closes an account. */
export const changeUser = (
  organisation: string,
  token: string,
  id: string,
  change: { closed: boolean },
): Promise<User> => json(`${at(organisation)}/users/${id}`, { token, method: 'PATCH', body: change });

/** A new link for somebody who lost their password. */
export const makeLink = async (organisation: string, token: string, id: string): Promise<Link> =>
  (await json<{ link: Link }>(`${at(organisation)}/users/${id}/link`, { token, method: 'POST', body: {} }))
    .link;

/** Removes every passkey of somebody; what they are signed in to ends. */
export const removePasskeys = (organisation: string, token: string, id: string): Promise<User> =>
  json(`${at(organisation)}/users/${id}/passkeys`, { token, method: 'DELETE' });

/** Every client. */
export const fetchClients = async (organisation: string, token: string): Promise<Client[]> =>
  (await json<{ clients: Client[] }>(`${at(organisation)}/clients`, { token })).clients;

/** Registers a client; its secret is shown once. */
export const addClient = (
  organisation: string,
  token: string,
  client: NewClient,
): Promise<{ client: Client; secret?: string }> =>
  json(`${at(organisation)}/clients`, { token, method: 'POST', body: client });

/** Lets a machine in that another administrator registered, as it was listed. */
export const confirmClient = (
  organisation: string,
  token: string,
  { id, registration }: Pick<Client, 'id' | 'registration'>,
): Promise<unknown> =>
  json(`${at(organisation)}/clients/${encodeURIComponent(id)}/confirmation`, {
    token,
    method: 'POST',
    body: { registration },
  });

/** Removes a registered client; its tokens end. */
export const removeClient = (organisation: string, token: string, id: string): Promise<unknown> =>
  json(`${at(organisation)}/clients/${encodeURIComponent(id)}`, { token, method: 'DELETE' });

/** Members of the network and this organisation's keys. */
export const fetchOverview = (organisation: string, token: string): Promise<NetworkOverview> =>
  json(`${at(organisation)}/network`, { token });
