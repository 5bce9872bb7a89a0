import { createContext, useContext } from 'react';
import { fromBase64 } from '../../../src/proof/index.ts';
import { ApiError } from '../api/http.ts';
import { type Persona, signIn } from '../api/network.ts';
import type { OwnAccount, SignedInPerson } from '../api/sign-in.ts';

/** Tokens are renewed this long before they expire. */
const RENEW_BEFORE_MS = 60_000; // longer than any request takes

/** For whom pages are; the first one that somebody has is where they begin. */
const VIEWS = ['patient', 'administrator', 'compliance', 'clinician'] as const;
/** One of {@link VIEWS}. */
export type View = (typeof VIEWS)[number];

/** Roles of an account that a view is for. The pages of compliance are the privacy officer's: the node refuses them to others. */
const ROLES_OF: Readonly<Record<View, readonly string[]>> = {
  // Who asks for a patient sees what the patient does.
  patient: ['patient', 'representative'],
  administrator: ['administrator'],
  compliance: ['privacy-officer'],
  clinician: ['clinician'],
};

interface Held {
  token: string;
  expiresMs: number;
}

/** Somebody who is signed in: tokens are fetched for each organisation when needed and kept in memory only. */
export class Session {
  readonly persona: Persona;
  /** False for a persona of the demo. */
  readonly isOwnAccount: boolean = false;
  /** Whether their token lets them break the glass: a persona's does where the role does, others sign in for it. */
  readonly isForEmergencies: boolean;
  readonly #tokens = new Map<string, Held>();
  readonly #views: readonly View[];

  constructor(persona: Persona, own?: { signedIn: SignedInPerson; views: readonly View[] }) {
    this.persona = persona;
    this.#views = own?.views ?? VIEWS.filter((view) => view === persona.role);
    this.isForEmergencies = this.has('clinician') && own?.signedIn.emergency !== false;
    if (own === undefined) return;
    const { organisation, token, expiresIn } = own.signedIn;
    this.#tokens.set(organisation, { token, expiresMs: Date.now() + expiresIn * 1000 });
    this.isOwnAccount = true;
  }

  /** Somebody who signed in themself, at one organisation; without the token nothing of it is kept. */
  static ofAccount({ id, name, roles }: OwnAccount, signedIn: SignedInPerson): Session {
    const { organisation, patient } = signedIn;
    const views = VIEWS.filter((view) => ROLES_OF[view].some((role) => roles.includes(role)));
    const own = patient === undefined ? {} : { patient, records: [{ organisation, patient }] };
    return new Session({ id, name, role: views[0] ?? 'staff', organisation, ...own }, { signedIn, views });
  }

  /** Whether pages of this view are for them: somebody may have several roles. */
  has(view: View): boolean {
    return this.#views.includes(view);
  }

  /** A valid token of the persona at an organisation. Throws ApiError where it has no place. */
  async token(organisation: string): Promise<string> {
    const held = this.#tokens.get(organisation);
    if (held !== undefined && held.expiresMs - RENEW_BEFORE_MS > Date.now()) return held.token;
    if (this.isOwnAccount) throw new ApiError(401, 'signed-out', 'Your sign-in has ended: sign in again.');
    const { access_token, expires_in } = await signIn(this.persona.id, organisation);
    this.#tokens.set(organisation, { token: access_token, expiresMs: Date.now() + expires_in * 1000 });
    return access_token;
  }

  /** The 32-byte seed of the patient's keys. Throws ApiError for a persona without one. */
  seed(): Uint8Array {
    const { seed } = this.persona;
    if (seed === undefined) throw new ApiError(0, 'no-key', 'This person has no key to sign with.');
    return fromBase64(seed);
  }

  /** The persona's records: one for each organisation that knows them as a patient. */
  get records(): { organisation: string; patient: string }[] {
    const { records, organisation, patient } = this.persona;
    if (records !== undefined && records.length > 0) return records;
    return patient === undefined ? [] : [{ organisation, patient }];
  }
}

/** The session and how it begins and ends. */
export interface SessionControl {
  session: Session | undefined;
  begin: (persona: Persona) => void;
  /** As `begin`, for somebody who signed in themself. */
  enter: (session: Session) => void;
  end: () => void;
}

/** Set by the root of the portal. */
export const SessionContext = createContext<SessionControl>({
  session: undefined,
  begin: () => undefined,
  enter: () => undefined,
  end: () => undefined,
});

/** The session control; `session` is undefined when nobody is signed in. */
export const useSessionControl = (): SessionControl => useContext(SessionContext);

/** The session on pages that are shown to signed-in people only. */
export function useSession(): Session {
  const { session } = useContext(SessionContext);
  if (session === undefined) throw new Error('This page needs somebody who is signed in.');
  return session;
}
