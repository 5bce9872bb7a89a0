import { ApiError, json } from './http.ts';

/** A sign-in that was begun in this tab. */
interface Begun {
  organisation: string;
  state: string;
  verifier: string;
  emergency: boolean;
}

const BEGUN = 'holdfast-sign-in';
const RANDOM_BYTES = 32; // 256 bits, beyond guessing
/** Purposes of a clinician who may have to break the glass; by itself it opens nothing. The node lets nobody else state them. */
const IN_EMERGENCIES = 'TREAT BTG';
/** What the portal asks for; everybody gets what their roles reach. */
const SCOPE = 'openid fhirUser profile administration user/*.cruds patient/*.cruds';

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));

const returnTo = (): string => `${window.location.origin}/signed-in`;

/** Where to go to sign in at an organisation (authorisation code with PKCE, RFC 7636); `emergency`: for breaking the glass. */
export async function beginSignIn(
  { id, auth, fhir }: { id: string; auth: string; fhir: string },
  { emergency = false }: { emergency?: boolean } = {},
): Promise<string> {
  const begun: Begun = { organisation: id, state: random(), verifier: random(), emergency };
  sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(begun.verifier));
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'portal',
    redirect_uri: returnTo(),
    scope: SCOPE,
    state: begun.state,
    aud: fhir,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ...(emergency ? { purpose_of_use: IN_EMERGENCIES } : {}),
  });
  return `${auth}/authorize?${query}`;
}

/** What a finished sign-in gives. */
export interface SignedInPerson {
  organisation: string;
  token: string;
  expiresIn: number;
  patient?: string;
  /** They signed in as a clinician who may have to break the glass. */
  emergency: boolean;
}

/** Exchanges what the authorisation server sent back. Throws ApiError; an answer that this tab did not ask for is not taken. */
export async function finishSignIn(search: string): Promise<SignedInPerson> {
  const answer = new URLSearchParams(search);
  const stored = sessionStorage.getItem(BEGUN);
  sessionStorage.removeItem(BEGUN);
  const begun = stored === null ? undefined : (JSON.parse(stored) as Begun);
  if (begun === undefined || answer.get('state') !== begun.state)
    throw new ApiError(0, 'sign-in-stale', 'This sign-in was not begun in this tab: start again.');
  const code = answer.get('code');
  if (code === null)
    throw new ApiError(
      0,
      answer.get('error') ?? 'refused',
      answer.get('error_description') ?? 'You are not signed in.',
    );
  const response = await fetch(`/orgs/${begun.organisation}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'portal',
      code,
      redirect_uri: returnTo(),
      code_verifier: begun.verifier,
    }),
  });
  const body = (await response.json()) as Record<string, string> & { expires_in: number };
  if (!response.ok || body.access_token === undefined)
    throw new ApiError(
      response.status,
      body.error ?? 'refused',
      body.error_description ?? 'You are not signed in.',
    );
  return {
    organisation: begun.organisation,
    token: body.access_token,
    expiresIn: body.expires_in,
    emergency: begun.emergency,
    ...(body.patient === undefined ? {} : { patient: body.patient }),
  };
}

/** Somebody's own account. */
export interface OwnAccount {
  id: string;
  login: string;
  name: string;
  roles: string[];
  fhirUser?: string;
}

/** The account of who is signed in. */
export const fetchAccount = (organisation: string, token: string): Promise<OwnAccount> =>
  json<OwnAccount>(`/orgs/${organisation}/account`, { token });
