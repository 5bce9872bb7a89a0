import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { ClientRegistry } from '../clients/client-registry.ts';
import type { Belonging, ExpiringRecords } from '../storage/expiring-records.ts';
import { endGrant, sessionsOf } from './app-grants.ts';
import type { OAuthErrors } from './library.ts';

/** Models whose records end with their grant (RFC 6749 §4.1.2: a code used twice ends what it gave). */
const OF_A_GRANT = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);
/** Longest a record without an end of its own is kept: longer than any session or grant. */
const LONGEST_SECONDS = 366 * 24 * 3600; // a year, and a day for clocks

/** Storage of the authorisation server in the organisation's identity database. Clients come from the registry alone. */
export function storedAdapter(
  errors: OAuthErrors,
  records: ExpiringRecords,
  clients: ClientRegistry,
): AdapterFactory {
  return (model) => (model === 'Client' ? clientAdapter(clients) : modelAdapter(errors, model, records));
}

function modelAdapter(errors: OAuthErrors, model: string, records: ExpiringRecords): Adapter {
  const read = (kept: ReturnType<ExpiringRecords['get']>): AdapterPayload | undefined =>
    kept && { ...kept.value, ...(kept.consumed === undefined ? {} : { consumed: kept.consumed }) };
  return {
    async upsert(id, payload, expiresIn) {
      if (model === 'ReplayDetection') {
        // Look-up and storing are two steps of the library; this one decides when two come at once.
        if (!records.putNew(model, id, payload, expiresIn ?? LONGEST_SECONDS))
          throw new errors.InvalidClientAuth('replayed');
        return;
      }
      records.put(model, id, payload, expiresIn ?? LONGEST_SECONDS, belonging(model, payload));
    },
    find: async (id) => read(records.get(model, id)),
    findByUid: async (uid) => read(records.ofSubject(model, uid)[0]),
    findByUserCode: async () => undefined,
    async consume(id) {
      if (records.consume(model, id)) return;
      // Two came at once, and the library saw neither as used: what the first one got ends as well (RFC 9700 §4.14.2).
      const grant = records.get(model, id)?.value.grantId;
      if (typeof grant === 'string') endGrant(records, grant);
      throw new errors.InvalidGrant('it was used before');
    },
    async destroy(id) {
      if (model === 'Grant') endGrant(records, id);
      else records.remove(model, id);
    },
    revokeByGrantId: async (grant) => records.removeOfGrant(grant, model),
  };
}

/** Sessions are found by their uid, and ended by whose they are; grants are ended by whom they were given to. */
function belonging(model: string, { grantId, uid, accountId, clientId }: AdapterPayload): Belonging {
  if (model === 'Grant') return { subject: clientId };
  if (model === 'Session')
    return { subject: uid, grant: accountId === undefined ? undefined : sessionsOf(accountId) };
  return { subject: uid, grant: OF_A_GRANT.has(model) ? grantId : undefined };
}

function clientAdapter(clients: ClientRegistry): Adapter {
  const unused = async (): Promise<undefined> => undefined;
  return {
    find: async (id) => clients.metadata(id),
    findByUid: unused,
    findByUserCode: unused,
    upsert: unused,
    consume: unused,
    destroy: unused,
    revokeByGrantId: unused,
  };
}
