import { accessEvent } from '../../src/audit/index.ts';
import { randomId } from '../../src/crypto/index.ts';
import { openStorage } from '../../src/vault/suite/index.ts';
import { type Sample, type SampleResource, STORED_AT } from './sample.ts';

const ORGANISATION = 'st-mary';
/** Resources in one commit: an import makes one request, and one AuditEvent, of each Bundle or line. */
const COMMIT = 200; // keeps the memory of a commit small

/** Stores the sample as an import does, patient after patient, and closes everything. Returns the path of `data.db`. */
export async function storeSample(folder: string, { shared, stored }: Sample): Promise<string> {
  const { database, vault, close } = await openStorage({
    organisation: ORGANISATION,
    folder,
    passphrase: 'stays at home',
    ledgerHead: () => ({ height: 1, block: '0'.repeat(64) }),
    now: () => new Date(STORED_AT),
  });
  const commit = async (part: readonly SampleResource[]) => {
    const versions = part.map((each) => ({ ...each, version: 1, lastUpdated: STORED_AT, actor: 'import' }));
    const audit = accessEvent({
      organisation: ORGANISATION,
      time: new Date(STORED_AT),
      requestId: randomId(),
      principal: undefined,
      agent: 'import',
      action: 'C',
      subtype: 'import',
      type: undefined,
      searched: [],
      status: 200,
      patients: [...new Set(part.flatMap(({ patients }) => patients))],
      objects: part.map(({ type, id }) => `${type}/${id}/_history/1`),
      consents: [],
    });
    await vault.commit({ versions, audits: [audit] });
  };
  for (const list of [shared, ...stored]) {
    for (let from = 0; from < list.length; from += COMMIT) await commit(list.slice(from, from + COMMIT));
  }
  await vault.close();
  database.checkpoint();
  await close();
  return database.path;
}
