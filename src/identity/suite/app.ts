import { randomBytes } from 'node:crypto';
import { Browser, hidden, offered, type PageAnswer, pkce } from './browser.ts';
import type { SuiteNode, SuiteOrganisation } from './identity-node.ts';

/** Where suites say that the server is. */
export const PUBLIC_URL = 'https://records.example';
/** Addresses of the suites' apps. */
export const APP_URL = 'https://app.example/back';
/** A password that is long enough. */
export const PASSWORD = 'four words of a song 7';

/** What came back from the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    access_token?: string;
    refresh_token?: string;
    id_token?: string;
  };
}

/** One app that somebody uses at one organisation. */
export class App {
  readonly #node: SuiteNode;
  readonly organisation: SuiteOrganisation;
  readonly client: string;
  readonly browser: Browser;
  readonly redirectUri: string;

  constructor(node: SuiteNode, organisation: SuiteOrganisation, client: string, redirectUri = APP_URL) {
    this.#node = node;
    this.organisation = organisation;
    this.client = client;
    this.redirectUri = redirectUri;
    this.browser = new Browser(node.url, PUBLIC_URL);
  }

  /** Address of an authorisation request. Parameters that a case sets to undefined are left out. */
  request(scope: string, changes: Record<string, string | undefined> = {}) {
    const { verifier, challenge } = pkce();
    const parameters = {
      response_type: 'code',
      client_id: this.client,
      redirect_uri: this.redirectUri,
      scope,
      state: randomBytes(8).toString('hex'),
      aud: this.organisation.realm.audience,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...changes,
    };
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
    return { url: `${this.organisation.realm.issuer}/authorize?${query}`, verifier, state: parameters.state };
  }

  /** From the request to the authorisation screen (or wherever it ends before that). */
  async signIn(
    scope: string,
    login: string,
    changes: Record<string, string | undefined> = {},
    password = PASSWORD,
  ) {
    const { url, verifier, state } = this.request(scope, changes);
    const first = await this.browser.follow(url);
    if (!first.text.includes('name="password"')) return { ...first, verifier, state };
    const page = await this.browser.follow(`${first.url}/password`, {
      form: { form: hidden(first.text, 'form'), login, password },
    });
    return { ...page, verifier, state };
  }

  /** Allows what a screen offers, less what a case takes away. */
  async allow(screen: { url: string; text: string }, choose: { scopes?: string[]; patient?: string } = {}) {
    const { scopes = offered(screen.text), patient } = choose;
    const form = {
      form: hidden(screen.text, 'form'),
      scope: scopes,
      ...(patient === undefined ? {} : { patient }),
    };
    return this.browser.follow(`${screen.url}/authorise`, { form });
  }

  /** The token endpoint's answer. */
  async token(
    parameters: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    const response = await fetch(`${this.#node.url}/orgs/${this.organisation.organisation}/auth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(parameters),
    });
    return { status: response.status, body: (await response.json()) as TokenAnswer['body'] };
  }

  /** Exchanges the code that an answer carries. */
  exchange(
    back: { url: string },
    verifier: string,
    changes: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    return this.token({
      grant_type: 'authorization_code',
      code: new URL(back.url).searchParams.get('code') ?? '',
      redirect_uri: this.redirectUri,
      client_id: this.client,
      code_verifier: verifier,
      ...changes,
    });
  }

  /** The whole way: signed in, everything allowed, a token. */
  async launch(
    scope: string,
    login: string,
    options: { changes?: Record<string, string>; patient?: string } = {},
  ) {
    const screen = await this.signIn(scope, login, options.changes);
    const back = screen.url.includes('code=')
      ? screen
      : await this.allow(screen, options.patient === undefined ? {} : { patient: options.patient });
    const answer = await this.exchange(back, screen.verifier);
    if (answer.status !== 200)
      throw new Error(
        `no token: ${JSON.stringify(answer.body)} after ${back.url} ${back.text.slice(0, 1500)}`,
      );
    return {
      ...answer.body,
      scope: answer.body.scope,
      patient: answer.body.patient,
      back: back as PageAnswer & { url: string },
      state: screen.state,
    };
  }

  /** A request with a bearer token. */
  async call(method: string, path: string, token: string, body?: unknown) {
    const response = await fetch(`${this.#node.url}/orgs/${this.organisation.organisation}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, never> & Record<string, unknown>,
    };
  }
}

/** People of a suite: a patient, a clinician, an administrator; each with {@link PASSWORD}. */
export async function addPeople({ signIn }: SuiteOrganisation) {
  const { directory } = signIn;
  const people = {
    ada: directory.add({ login: 'ada', name: 'Ada Ames', roles: ['patient'], fhirUser: 'Patient/p1' }),
    carl: directory.add({
      login: 'carl',
      name: 'Carl Cole',
      roles: ['clinician'],
      fhirUser: 'Practitioner/c1',
    }),
    root: directory.add({ login: 'root', name: 'Rita Root', roles: ['administrator'] }),
  };
  for (const { id } of Object.values(people)) await directory.setPassword(id, PASSWORD);
  return people;
}
