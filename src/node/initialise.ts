import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { randomBytes } from '../crypto/index.ts';
import { hashClientSecret } from '../identity/index.ts';
import { toBase64Url } from '../proof/index.ts';
import { type Keyring, openKeyring } from '../vault/index.ts';
import {
  CONFIGURATION_FILE,
  type Configuration,
  type FabricConfiguration,
  parseConfiguration,
} from './configuration.ts';
import { NodeError } from './errors.ts';
import { foundAlone } from './network/found.ts';
import { embeddedEngine } from './network/ledger-engine.ts';
import { type Invitation, invite } from './operations/invite.ts';
import { makeCertificates } from './organisation/certificates.ts';
import { organisationFolder } from './organisation/folder.ts';
import { memberKeys } from './organisation/member-keys.ts';
import { passphraseFor } from './passphrase.ts';

const SECRET_BYTES = 32; // beyond guessing
/** What the first machine client may do: everything inside its own organisation, for its ordinary purposes. */
const FIRST_CLIENT = { scope: 'system/*.cruds', purposes: ['TREAT', 'HPAYMT', 'HOPERAT'] };

/** What `initialise` needs. */
export interface InitialiseRequest {
  readonly data: string;
  readonly org: string;
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly publicUrl: string | undefined;
  /** The network that its ledger is on; an embedded ledger of its own is founded when left out. */
  readonly fabric?: Omit<FabricConfiguration, 'engine'> | undefined;
  /** Login of the first administrator. */
  readonly administrator: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** What was made. The secret is nowhere else. */
export interface Initialised {
  readonly organisation: string;
  readonly data: string;
  /** Id of the embedded ledger that was founded; absent on a network, which its founders begin together. */
  readonly ledger?: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly offlineRoot: string;
  /** With which the first administrator sets a password. */
  readonly administrator: Invitation;
}

function writeConfiguration(data: string, configuration: object): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(join(data, CONFIGURATION_FILE), stringify(configuration), { mode: 0o600, flag: 'wx' });
}

/** log₂ of scrypt's cost in demo mode, whose passphrase is public anyway: four keyrings are made or opened within the first second. */
const DEMO_COST_LOG2 = 15; // the least that the keyring takes

/**
 * Opens the keyrings of a configuration's organisations, by organisation; makes keys and certificates that are missing. What
 * is there already stays: a second call changes nothing.
 */
export async function provision(
  configuration: Configuration,
  passphrase: string,
  now: () => Date,
): Promise<ReadonlyMap<string, Keyring>> {
  const { data, mode, organisations } = configuration;
  const costLog2 = mode === 'demo' ? DEMO_COST_LOG2 : undefined;
  const options = costLog2 === undefined ? {} : { costLog2 };
  const keyrings = new Map(
    organisations.map(({ id }) => [
      id,
      openKeyring(organisationFolder(data, id).keyring, passphrase, options),
    ]),
  );
  for (const [id, keyring] of keyrings) {
    memberKeys(keyring);
    const folder = organisationFolder(data, id);
    if (!existsSync(join(folder.certificates, 'root.pem')))
      await makeCertificates(folder, id, keyring, passphrase, now(), costLog2);
  }
  return keyrings;
}

async function foundEmbedded(
  configuration: Configuration,
  keyrings: ReadonlyMap<string, Keyring>,
  now: () => Date,
): Promise<string> {
  const engine = embeddedEngine(configuration.data, now);
  try {
    return await foundAlone(engine, configuration, keyrings);
  } finally {
    await engine.close();
  }
}

/** A new data folder for one organisation. Throws NodeError `already-initialised`, `passphrase-needed` or `configuration-invalid`. */
export async function initialise(request: InitialiseRequest): Promise<Initialised> {
  const { data, org, name, port, publicUrl, fabric, environment } = request;
  const { administrator = 'administrator' } = request;
  if (existsSync(join(data, CONFIGURATION_FILE)))
    throw new NodeError('already-initialised', `${CONFIGURATION_FILE} is there already.`);
  const passphrase = passphraseFor('production', environment);
  const secret = toBase64Url(randomBytes(SECRET_BYTES));
  const id = `${org}-system`;
  const file = {
    mode: 'production',
    ...(port === undefined ? {} : { port }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(fabric === undefined ? {} : { ledger: { engine: 'fabric', ...fabric } }),
    organisations: [
      {
        id: org,
        name: name ?? org,
        clients: [{ id, secretHash: await hashClientSecret(secret), ...FIRST_CLIENT }],
      },
    ],
  };
  const configuration = parseConfiguration(file, data, environment);
  writeConfiguration(data, file);
  const now = () => new Date();
  const keyrings = await provision(configuration, passphrase, now);
  const ledger = fabric === undefined ? { ledger: await foundEmbedded(configuration, keyrings, now) } : {};
  const invited = invite({
    configuration,
    organisation: org,
    keyring: keyrings.get(org),
    account: { login: administrator, name: 'First administrator', roles: ['administrator'] },
  });
  const offlineRoot = join(organisationFolder(data, org).certificates, 'root.key.sealed');
  return {
    organisation: org,
    data,
    ...ledger,
    client: { id, secret },
    offlineRoot,
    administrator: invited,
  };
}
