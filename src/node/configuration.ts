import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { POLICY_PROFILES } from '../consent/index.ts';
import { NodeError } from './errors.ts';
import { labelling } from './labelling.ts';

/** FORMATS §6: the port every document and persona link uses. */
const DEFAULT_PORT = 8471; // registered nowhere, free on common hospital images
/** DESIGN §3: a node that cannot tell how fresh its view is refuses disclosures. */
const DEFAULT_STALENESS_MS = 30_000; // twice the longest pause a four-member network shows when its leader dies
const DEFAULT_ANCHOR_MS = 60_000; // one transaction a minute per organisation keeps the ledger small
const DEFAULT_PUBLISH_MS = 1_000; // a receipt is provable within a second or two of its request
const DEFAULT_KEY_BACKUP_DAYS = 30; // how long a destroyed key can survive in a key backup
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024; // decrypted versions held in memory, by all hosted organisations together

/** 127.0.0.0/8 (RFC 6890), ::1, and the name for them. */
const loopback = { has: (host: string) => /^(127(\.\d{1,3}){3}|\[?::1\]?|localhost)$/.test(host) };
const organisationPattern = /^[a-z][a-z0-9-]{1,31}$/;

const address = z.string().min(1).max(2048);

const client = z.strictObject({
  id: z.string().min(1).max(128),
  name: z.string().min(1).max(200).optional(),
  secretHash: z.string().startsWith('scrypt$').optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: address.optional(),
  redirectUris: z.array(address).optional(),
  postLogoutRedirectUris: z.array(address).optional(),
  launchUri: address.optional(),
  scope: z.string().min(1).max(4096),
  purposes: z.array(z.string().min(1).max(32)).min(1).default(['TREAT']),
});

/** An OpenID Connect provider at which people sign in: https, or http on this machine. */
const outsideProvider = z.strictObject({
  name: z.string().min(1).max(100),
  issuer: z
    .url()
    .refine((url) => /^(https:|http:\/\/(localhost|127\.0\.0\.1)[:/])/.test(url), 'must be https'),
  clientId: z.string().min(1).max(256),
  clientSecret: z.string().min(1).max(1024),
});

/** Audit events name patients: they leave this machine under TLS only. */
const receiverUrl = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
}, 'takes https, or http on loopback');

const forwarding = z.union([
  z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
    otlp: z.strictObject({ url: receiverUrl, headers: z.record(z.string(), z.string()).default({}) }),
  }),
  z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
    syslog: z
      .strictObject({
        host: z.string().min(1).max(253),
        port: z.number().int().min(1).max(65_535),
        tls: z.boolean().default(true),
        ca: z.string().optional(),
      })
      .refine(({ host, tls }) => tls || loopback.has(host), 'takes tls, or a receiver on loopback'),
  }),
]);

const retention = z.strictObject({
  name: z.string().min(1).max(200),
  types: z.array(z.string().regex(/^[A-Z][A-Za-z]{0,63}$/)).optional(),
  days: z.number().int().min(1).max(36_500),
});

/** Key of a receiver of calls, as Standard Webhooks writes it: at least 24 bytes. */
const webhookSecret = z
  .string()
  .regex(/^whsec_(?:[A-Za-z0-9+/]{4}){8,64}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);

const breakGlass = z.strictObject({
  /** Who answers for disclosures in emergencies, by name: 42 CFR 2.51(c)(2). */
  responsible: z.string().min(1).max(200).optional(),
  /** Called when glass was broken; the call says of nobody whose. */
  webhook: z.strictObject({ url: receiverUrl, secret: webhookSecret }).optional(),
});

const organisation = z.strictObject({
  id: z.string().regex(organisationPattern),
  name: z.string().min(1).max(200),
  /** Postal address, which an accounting of disclosures names (45 CFR 164.528(b)(2)(ii)). */
  address: z.string().min(1).max(500).optional(),
  /** Rules that refuse an erasure. */
  retention: z.array(retention).max(100).default([]),
  /** Where the audit trail is forwarded to. */
  forward: z.array(forwarding).max(8).default([]),
  clients: z.array(client).max(1000).default([]),
  signIn: outsideProvider.optional(),
  /** The law it stands under, and whether it has a policy of its own (`consent-only` has neither). */
  policy: z.enum(POLICY_PROFILES).default('us'),
  breakGlass: breakGlass.default({}),
  /** What makes data sensitive beside what does everywhere. */
  labelling: labelling.prefault({}),
});

/** Address or block of a proxy whose X-Forwarded-For is believed. A number of proxies could not tell a proxy from a client. */
const proxyAddress = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Organisations that found a ledger together: as many as a ledger's genesis takes. */
const MAX_FOUNDERS = 64; // beyond it a network grows by joining

const embedded = z.strictObject({ engine: z.literal('embedded') });
const fabric = z.strictObject({
  engine: z.literal('fabric'),
  /** Path of this organisation's connection profile, absolute or from the data folder. */
  profile: z.string().min(1),
  /** Who begins the ledger, the first of them proposing; left out by organisations that join one. */
  founders: z
    .array(z.strictObject({ id: z.string().regex(organisationPattern), url: z.url() }))
    .min(1)
    .max(MAX_FOUNDERS)
    .optional(),
});
/** What is left out is the engine that needs nothing. */
const ledger = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && !('engine' in value)
      ? { ...value, engine: 'embedded' }
      : value,
  z.discriminatedUnion('engine', [embedded, fabric]),
);

const schema = z.strictObject({
  mode: z.enum(['production', 'demo']).default('production'),
  host: z.string().min(1).default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(DEFAULT_PORT),
  publicUrl: z.url().optional(),
  log: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
  trustProxy: z.union([z.boolean(), z.array(proxyAddress).min(1).max(100)]).default(false),
  tls: z.strictObject({ cert: z.string(), key: z.string(), clientCa: z.string().optional() }).optional(),
  metricsToken: z.string().min(16).optional(),
  ledger: ledger.prefault({ engine: 'embedded' }),
  stalenessMs: z.number().int().min(1_000).max(3_600_000).default(DEFAULT_STALENESS_MS),
  anchorMs: z.number().int().min(1_000).max(86_400_000).default(DEFAULT_ANCHOR_MS),
  publishMs: z.number().int().min(100).max(60_000).default(DEFAULT_PUBLISH_MS),
  keyBackupDays: z.number().int().min(1).max(3_650).default(DEFAULT_KEY_BACKUP_DAYS),
  cacheBytes: z.number().int().min(1_048_576).max(8_589_934_592).default(DEFAULT_CACHE_BYTES),
  organisations: z.array(organisation).min(1).max(64),
});

/** Everything a node is told, after validation. Times in milliseconds, sizes in bytes. */
export type Configuration = z.infer<typeof schema> & { data: string };

/** The ledger of a node whose network is Hyperledger Fabric, as configured. */
export type FabricConfiguration = Extract<Configuration['ledger'], { engine: 'fabric' }>;

/** One hosted organisation as configured. */
export type OrganisationConfiguration = Configuration['organisations'][number];

/** The file inside a data folder that holds the configuration. */
export const CONFIGURATION_FILE = 'holdfast.yaml';

/** Environment first (FORMATS §7): each variable overrides one path of the file. */
function overlay(file: Record<string, unknown>, environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const result = { ...file };
  const { HOLDFAST_HOST, HOLDFAST_PORT, HOLDFAST_LOG, HOLDFAST_PUBLIC_URL } = environment;
  if (HOLDFAST_HOST !== undefined) result.host = HOLDFAST_HOST;
  if (HOLDFAST_PORT !== undefined) result.port = Number(HOLDFAST_PORT);
  if (HOLDFAST_LOG !== undefined) result.log = HOLDFAST_LOG;
  if (HOLDFAST_PUBLIC_URL !== undefined) result.publicUrl = HOLDFAST_PUBLIC_URL;
  return result;
}

/** The folder a verb works on: `--data`, else HOLDFAST_DATA, else `./data`. */
export function dataFolder(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  return resolve(option ?? environment.HOLDFAST_DATA ?? 'data');
}

/**
 * Validates a configuration value. Throws NodeError `configuration-invalid` naming every wrong path.
 * Without TLS or a trusted proxy only loopback may be bound, and demo mode binds loopback only.
 */
export function parseConfiguration(
  value: unknown,
  data: string,
  environment: NodeJS.ProcessEnv,
): Configuration {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NodeError('configuration-invalid', `${CONFIGURATION_FILE} must hold a mapping of settings.`);
  }
  const parsed = schema.safeParse(overlay(value as Record<string, unknown>, environment));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`,
    );
    throw new NodeError('configuration-invalid', `${CONFIGURATION_FILE}: ${problems.join('; ')}`);
  }
  const configuration = { ...parsed.data, data };
  const exposed = !loopback.has(configuration.host);
  if (exposed && configuration.mode === 'demo') {
    throw new NodeError(
      'configuration-invalid',
      'host: demo mode has public passwords and binds loopback only.',
    );
  }
  if (exposed && configuration.tls === undefined && configuration.trustProxy === false) {
    throw new NodeError(
      'configuration-invalid',
      'host: without tls.cert and tls.key, or trustProxy, only loopback is bound.',
    );
  }
  if (configuration.ledger.engine === 'fabric' && configuration.organisations.length > 1) {
    throw new NodeError(
      'configuration-invalid',
      'organisations: on Fabric each organisation has a process of its own.',
    );
  }
  const ids = configuration.organisations.map((each) => each.id);
  if (new Set(ids).size !== ids.length) {
    throw new NodeError('configuration-invalid', 'organisations: an id appears twice.');
  }
  return configuration;
}

/** Reads `holdfast.yaml` in the data folder. Throws NodeError `not-initialised` when there is none. */
export function loadConfiguration(data: string, environment: NodeJS.ProcessEnv): Configuration {
  const path = join(data, CONFIGURATION_FILE);
  if (!existsSync(path)) {
    throw new NodeError(
      'not-initialised',
      `No ${CONFIGURATION_FILE} in the data folder: run "holdfast init" first.`,
    );
  }
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new NodeError('configuration-invalid', `${CONFIGURATION_FILE} is not valid YAML.`, { cause });
  }
  return parseConfiguration(value, data, environment);
}
