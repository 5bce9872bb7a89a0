import { join } from 'node:path';
import { randomId } from '../../crypto/index.ts';
import { type FhirServices, serve } from '../../fhir/index.ts';
import { type Principal, parseScopes } from '../../identity/index.ts';
import type { Configuration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { openNode } from '../open-node.ts';
import { type ImportTarget, persistently } from './import-target.ts';
import { isTransient, readAnswer } from './unit-answer.ts';

/** Which folder, and whose records. */
export interface FolderTargetRequest {
  readonly configuration: Configuration;
  readonly organisation: string;
  readonly passphrase: string;
  readonly onProgress?: (what: string) => void;
}

/** Whoever runs the command on the data folder: acts for the organisation, and stands so in every AuditEvent. */
function localPrincipal(organisation: string): Principal {
  return {
    organisation,
    actorOrganisation: organisation,
    kind: 'client',
    id: 'holdfast-import',
    scopes: parseScopes('system/*.cruds'),
    purposes: ['TREAT'],
    tokenId: randomId(),
  };
}

/**
 * Opens a data folder to import into it: through the same requests as over HTTP, with the same checks and entries. The
 * folder is locked; its logs are published before it is closed. Throws NodeError, VaultError, and DatabaseError `locked`.
 */
export async function folderTarget(request: FolderTargetRequest): Promise<ImportTarget> {
  const { configuration, organisation, passphrase, onProgress = () => undefined } = request;
  if (!configuration.organisations.some(({ id }) => id === organisation)) {
    throw new NodeError('input-unusable', `The data folder hosts no organisation ${organisation}.`);
  }
  const node = await openNode({ configuration, passphrase, onProgress });
  const hosted = node.organisations.find(({ core }) => core.id === organisation);
  if (hosted === undefined) {
    await node.close();
    throw new NodeError('unavailable', `The organisation ${organisation} could not be opened.`);
  }
  const principal = localPrincipal(organisation);
  const services: FhirServices = { ...hosted.fhir, authenticate: async () => principal };
  return {
    name: `${node.ledgerId}/${organisation}`,
    progressFolder: join(configuration.data, 'imports'),
    async send(text, { storeBundles }) {
      const answer = await persistently(async () => {
        const tried = await importUnit(services, text, storeBundles);
        return isTransient(tried.status) ? undefined : tried;
      });
      if (answer === undefined) throw new NodeError('unavailable', 'The vault stays busy: try again later.');
      return readAnswer(answer.status, answer.body ?? '');
    },
    close: () => node.close(),
  };
}

function importUnit(services: FhirServices, body: string, storeBundles: boolean) {
  return serve(services, {
    id: randomId(),
    method: 'POST',
    path: '/$import',
    query: storeBundles ? 'store-bundles=true' : '',
    body,
    authorization: undefined,
    accept: undefined,
    headers: {},
  });
}
