import { json } from './http.ts';

/** An app that somebody let in. */
export interface ConnectedApp {
  id: string;
  client: string;
  name: string;
  since: string;
  may: string[];
}

/** A passkey. */
export interface Passkey {
  id: string;
  name: string;
  since: string;
}

/** The apps that somebody let in and that still hold. */
export const fetchApps = async (organisation: string, token: string): Promise<ConnectedApp[]> =>
  (await json<{ apps: ConnectedApp[] }>(`/orgs/${organisation}/account/apps`, { token })).apps;

/** Ends what an app may do; its tokens work no more. */
export const disconnectApp = (organisation: string, token: string, id: string): Promise<unknown> =>
  json(`/orgs/${organisation}/account/apps/${encodeURIComponent(id)}`, { token, method: 'DELETE' });

/** An app that can be opened from the record. */
export interface LaunchableApp {
  id: string;
  name: string;
}

/** Apps that can be opened from the record. */
export const fetchLaunchable = async (organisation: string, token: string): Promise<LaunchableApp[]> =>
  (await json<{ apps: LaunchableApp[] }>(`/orgs/${organisation}/account/launch`, { token })).apps;

/** Where to go to open an app for a patient. */
export const launchApp = (
  organisation: string,
  token: string,
  launch: { client: string; patient?: string; encounter?: string },
): Promise<{ url: string }> =>
  json(`/orgs/${organisation}/account/launch`, { token, method: 'POST', body: launch });

/** Somebody's passkeys. */
export const fetchPasskeys = async (organisation: string, token: string): Promise<Passkey[]> =>
  (await json<{ passkeys: Passkey[] }>(`/orgs/${organisation}/account/passkeys`, { token })).passkeys;

/** What a proof of re-authentication is for. */
type ProofPurpose = 'add-passkey' | 'remove-passkey';

/** Shows anew who asks: with a passkey that there is, or with the password. The id of the proof. */
async function showAnew(
  organisation: string,
  token: string,
  purpose: ProofPurpose,
  password?: string,
): Promise<string> {
  const path = `/orgs/${organisation}/account/reauthentication`;
  const show = (factor: object) =>
    json<{ id: string; passkey?: PublicKeyCredentialRequestOptionsJSON }>(path, {
      token,
      method: 'POST',
      body: { purpose, ...factor },
    });
  if (password !== undefined) return (await show({ password })).id;
  const { passkey } = await show({});
  if (passkey === undefined) throw new Error('The organisation asked for no passkey.');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(passkey);
  const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return (await show({ passkey: given.toJSON() })).id;
}

/**
 * Makes a passkey on this device and keeps its public part at the organisation. `password`: for the first one; further ones ask for a
 * passkey that there is. Throws ApiError, and what the browser throws.
 */
export async function addPasskey(
  organisation: string,
  token: string,
  name: string,
  password: string | undefined,
): Promise<Passkey> {
  const path = `/orgs/${organisation}/account/passkeys`;
  const options = await json<PublicKeyCredentialCreationOptionsJSON>(`${path}/options`, {
    token,
    method: 'POST',
    body: { reauthentication: await showAnew(organisation, token, 'add-passkey', password) },
  });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return json<Passkey>(path, { token, method: 'POST', body: { name, credential: credential.toJSON() } });
}

/** Removes a passkey, after its owner showed one that there is. Throws ApiError, and what the browser throws. */
export async function removePasskey(organisation: string, token: string, id: string): Promise<void> {
  const query = new URLSearchParams({
    reauthentication: await showAnew(organisation, token, 'remove-passkey'),
  });
  const path = `/orgs/${organisation}/account/passkeys/${encodeURIComponent(id)}`;
  await json(`${path}?${query}`, { token, method: 'DELETE' });
}
