import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { type Database, openDatabase } from '../../database/index.ts';
import { openKeyring } from '../../vault/index.ts';
import {
  type AccessClaims,
  type ClientConfiguration,
  createTokenIssuer,
  demoClient,
  demoRoutes,
  Enrolment,
  enrolmentRoutes,
  generateTokenKey,
  identityMigrations,
  openSignIn,
  type Persona,
  type Principal,
  peopleRoutes,
  registerClients,
  tokenRealm,
} from '../index.ts';
import { surroundings } from './surroundings.ts';

/** The ledger id of every suite. */
export const LEDGER = '0123456789abcdef0123456789abcdef';

/** What a suite sets up; all of it may be left out. */
export interface NodeOptions {
  clients?: ClientConfiguration[];
  /** Where the server is reached; the suites that use no browser leave it out. */
  publicUrl?: string;
  personas?: Persona[];
  demo?: boolean;
  /** The organisations' own OpenID Connect provider. */
  outside?: { name: string; issuer: string; clientId: string; clientSecret: string };
}

/** One organisation's identity room over HTTP, as node composes it. */
export async function startOrganisation(
  app: FastifyInstance,
  organisation: string,
  options: NodeOptions,
  clock: { aheadMs: number },
) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-identity-'));
  const database: Database = openDatabase({
    path: join(folder, 'identity.db'),
    migrations: identityMigrations,
    secureDelete: true,
  });
  const keys = openKeyring(join(folder, 'keyring'), 'a passphrase', { costLog2: 15 });
  const key = generateTokenKey();
  const realm = tokenRealm(options.publicUrl ?? 'https://records.example', organisation);
  const nowMs = () => Date.now() + clock.aheadMs;
  const now = () => new Date(nowMs());
  const around = surroundings();
  const { recorder, patients, majority, represented, patientsShown, patientsFound } = around;
  const openEnrolment = () =>
    new Enrolment({
      database,
      keys,
      organisation,
      ledger: LEDGER,
      patientExists: (id) => patients.has(id),
      majorityOf: async () => majority.value,
      now,
    });
  const enrolment = openEnrolment();
  const signIn = await openSignIn({
    database,
    keys,
    realm,
    tokenKeys: [key],
    organisationName: organisation,
    builtIn: options.demo === false ? [] : [await demoClient()],
    configured: registerClients(options.clients ?? []),
    outside: options.outside,
    patientsOf: async (person) => represented.get(person) ?? [],
    now,
  });
  const { authenticator } = signIn;
  const prefix = `/orgs/${organisation}`;
  const people = {
    ...signIn,
    recorder,
    patientsShown,
    patientsFound,
    patientExists: (id: string) => patients.has(id),
  };
  await app.register(peopleRoutes, { prefix, ...people, network: () => ({ members: [], keys: [] }) });
  await app.register(enrolmentRoutes, { prefix, authenticator, enrolment, recorder, now });
  const issue = createTokenIssuer(realm, key, nowMs);
  return {
    ...around,
    organisation,
    folder,
    database,
    key,
    realm,
    signIn,
    authenticator,
    keys,
    enrolment,
    openEnrolment,
    issue,
  };
}

/** A running organisation of a suite. */
export type SuiteOrganisation = Awaited<ReturnType<typeof startOrganisation>>;

/** A server with the organisations `st-mary` and `lakeside`, listening on a free port. */
export async function startNode(options: NodeOptions = {}) {
  const clock = { aheadMs: 0 };
  const app = Fastify();
  const mary = await startOrganisation(app, 'st-mary', options, clock);
  const lakeside = await startOrganisation(app, 'lakeside', options, clock);
  const organisations = new Map([mary, lakeside].map((each) => [each.organisation, each]));
  if (options.demo !== false)
    await app.register(demoRoutes, { personas: options.personas ?? [], organisations });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const stop = async () => {
    await app.close();
    for (const { database, folder } of [mary, lakeside]) {
      database.close();
      rmSync(folder, { recursive: true });
    }
  };
  return { app, url, clock, mary, lakeside, stop };
}

/** A running server of a suite. */
export type SuiteNode = Awaited<ReturnType<typeof startNode>>;

/** Claims of a token, with what a case changes. */
export function claims(changes: Partial<AccessClaims> = {}): AccessClaims {
  return { sub: 'demo', client_id: 'demo', scope: 'system/*.cruds', purpose_of_use: ['TREAT'], ...changes };
}

/** The Authorization header of a fresh token. */
export async function bearer(
  organisation: SuiteOrganisation,
  changes: Partial<AccessClaims> = {},
): Promise<string> {
  return `Bearer ${(await organisation.issue(claims(changes))).access_token}`;
}

/** The code with which a promise is rejected; undefined when it is kept. */
export async function refusal(promise: Promise<Principal>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}
