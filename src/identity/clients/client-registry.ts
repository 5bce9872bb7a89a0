import type { ClientMetadata } from 'oidc-provider';
import { randomId } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import type { AppGrants } from '../authorisation-server/app-grants.ts';
import { IdentityError } from '../errors.ts';
import type { RecordSealing } from '../storage/sealing.ts';
import { TOKEN_ALGORITHM } from '../token/token-key.ts';
import { isNative } from './client-address.ts';
import { type ClientConfiguration, isApp, type RegisteredClient } from './client-configuration.ts';
import { registerClient } from './client-registration.ts';

/** What an organisation registers beside its configuration. */
const MAX_STORED_CLIENTS = 1_000; // every app of a large hospital many times over

/** A client in the list of the administrator. */
export interface ListedClient {
  readonly client: RegisteredClient;
  /** `built-in` and `configured` ones are changed where they come from. */
  readonly origin: 'built-in' | 'configured' | 'registered';
  /** Another administrator has yet to confirm it: until then there is no such client. */
  readonly isWaiting?: boolean;
}

/** A registration as it is kept. */
type Kept = ClientConfiguration & {
  registration?: string;
  /** Account of the administrator who registered it, while nobody else has confirmed it. */
  waitsBeside?: string;
};

interface Stored {
  readonly client: RegisteredClient;
  readonly kept: Kept;
}

/** The clients of one organisation: built in, from the configuration, and those that an administrator registered. */
export class ClientRegistry {
  readonly #database: Database;
  readonly #sealing: RecordSealing;
  readonly #fixed: ReadonlyMap<string, ListedClient>;
  readonly #stored = new Map<string, Stored>();

  /** Throws IdentityError `client-invalid` when an id is used twice. */
  constructor(
    database: Database,
    sealing: RecordSealing,
    fixed: {
      readonly builtIn: readonly RegisteredClient[];
      readonly configured: readonly RegisteredClient[];
    },
  ) {
    this.#database = database;
    this.#sealing = sealing;
    const known = new Map<string, ListedClient>();
    const add = (origin: ListedClient['origin']) => (client: RegisteredClient) => {
      if (known.has(client.id)) throw taken(client.id);
      known.set(client.id, { client, origin });
    };
    fixed.builtIn.forEach(add('built-in'));
    fixed.configured.forEach(add('configured'));
    this.#fixed = known;
    for (const { id, sealed } of database
      .prepare('SELECT id, sealed FROM registered_client')
      .all<{ id: string; sealed: Uint8Array }>()) {
      // The configuration of the node comes first: a registration of the same id waits until it is gone there.
      if (!known.has(id)) this.#stored.set(id, stored(sealing.open(sealed, `client/${id}`) as Kept));
    }
  }

  /** The client; undefined when there is none, or one that waits to be confirmed. */
  get(id: string): RegisteredClient | undefined {
    const registered = this.#stored.get(id);
    return (
      this.#fixed.get(id)?.client ??
      (registered?.kept.waitsBeside === undefined ? registered?.client : undefined)
    );
  }

  /** Every client. */
  list(): ListedClient[] {
    return [...this.#fixed.values(), ...[...this.#stored.values()].map(listed)];
  }

  /**
   * Registers a client durably, by an administrator's account. A machine reads by itself, with nobody signed in: it is none until
   * another administrator confirms it, or one could let themself into the records with it. Throws IdentityError `client-invalid`,
   * also for an id that is taken.
   */
  add(configuration: ClientConfiguration, by: string): ListedClient {
    const client = registerClient(configuration);
    if (this.#fixed.has(client.id) || this.#stored.has(client.id)) throw taken(client.id);
    if (this.#stored.size >= MAX_STORED_CLIENTS)
      throw new IdentityError('client-invalid', 'There are as many clients as are kept: remove some first.');
    const waits = isApp(client) ? {} : { waitsBeside: by };
    return listed(this.#keep({ ...configuration, registration: randomId(), ...waits }));
  }

  /**
   * Lets a machine in that another administrator registered, by the registration that who confirms was shown: under the same id
   * another one, with other keys and scopes, may wait meanwhile. Throws IdentityError `client-unknown` or `client-invalid`.
   */
  confirm(
    { id, registration }: Required<Pick<RegisteredClient, 'id' | 'registration'>>,
    by: string,
  ): ListedClient {
    const { waitsBeside, ...kept } = this.#stored.get(id)?.kept ?? {};
    if (waitsBeside === undefined || !isKept(kept) || kept.registration !== registration)
      throw new IdentityError('client-unknown', 'There is no such client that waits to be confirmed.');
    if (waitsBeside === by)
      throw new IdentityError(
        'client-invalid',
        `Client ${id}: another administrator confirms it, or it is named in the configuration of the node.`,
      );
    return listed(this.#keep(kept));
  }

  #keep(kept: Kept): Stored {
    const { id } = kept;
    this.#database
      .prepare('INSERT OR REPLACE INTO registered_client (id, sealed) VALUES (?, ?)')
      .run(id, this.#sealing.seal(kept, `client/${id}`));
    const made = stored(kept);
    this.#stored.set(id, made);
    return made;
  }

  /**
   * Removes a registered client and ends, in the same transaction, what people granted it: whoever registers the id anew is somebody
   * else. Throws IdentityError `client-unknown` for one that is none of these.
   */
  remove(id: string, grants: Pick<AppGrants, 'endOfClient'>): void {
    if (!this.#stored.has(id))
      throw new IdentityError('client-unknown', 'There is no such registered client.');
    this.#database.transaction(() => {
      grants.endOfClient(id);
      this.#database.prepare('DELETE FROM registered_client WHERE id = ?').run(id);
    });
    this.#stored.delete(id);
  }

  /** The client in the library's terms; undefined when there is none. */
  metadata(id: string): ClientMetadata | undefined {
    const client = this.get(id);
    return client && metadataOf(client);
  }

  /** Origins of web apps, from which a browser may ask. */
  isAppOrigin(origin: string): boolean {
    return this.list().some(({ client }) => hasOrigin(client, origin));
  }
}

function stored(kept: Kept): Stored {
  const { registration } = kept;
  return {
    client: { ...registerClient(kept), ...(registration === undefined ? {} : { registration }) },
    kept,
  };
}

const isKept = (kept: Partial<Kept>): kept is Kept => kept.id !== undefined;

function listed({ client, kept }: Stored): ListedClient {
  return { client, origin: 'registered', ...(kept.waitsBeside === undefined ? {} : { isWaiting: true }) };
}

/** True when the origin is that of an address to which this client's people return. */
export function hasOrigin({ redirectUris, launchUri }: RegisteredClient, origin: string): boolean {
  return [...redirectUris, ...(launchUri === undefined ? [] : [launchUri])].some(
    (uri) => URL.parse(uri)?.origin === origin,
  );
}

function metadataOf(client: RegisteredClient): ClientMetadata {
  const { id, name, authentication, redirectUris, postLogoutRedirectUris } = client;
  const shared: ClientMetadata = {
    client_id: id,
    client_name: name,
    id_token_signed_response_alg: TOKEN_ALGORITHM,
    ...authenticationMetadata(authentication),
  };
  if (!isApp(client))
    return { ...shared, grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };
  return {
    ...shared,
    application_type: isNative(redirectUris) ? 'native' : 'web',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
  };
}

function authenticationMetadata(authentication: RegisteredClient['authentication']): Partial<ClientMetadata> {
  switch (authentication.kind) {
    case 'none':
      return { token_endpoint_auth_method: 'none' };
    case 'secret':
      return { token_endpoint_auth_method: 'client_secret_basic', client_secret: authentication.hash };
    case 'keys':
      return {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: authentication.jwks.keys.map((key) => ({ ...key })) } as NonNullable<
          ClientMetadata['jwks']
        >,
      };
    case 'keys-at':
      return { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: authentication.uri };
  }
}

function taken(id: string): IdentityError {
  return new IdentityError('client-invalid', `Client ${id}: its id is used twice.`);
}
