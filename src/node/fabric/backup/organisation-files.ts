import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { NetworkFolder } from '../../../ledger/index.ts';

/** Private keys of processes. */
const KEY_FILE = 'key.pem';

/** Every file below a folder, as paths from `root`; empty when it is not there. */
export function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Whether a file holds a private key: those of the organisation's processes, and what is made from them. */
export function isKeyFile(path: string): boolean {
  return basename(path) === KEY_FILE;
}

/**
 * What of a network's folder one organisation needs again, as paths inside it, keys left out: its certificates, the blocks and state of its
 * peer, the blocks of its orderer, the chaincode packages, and what verifies the others. Left out is what is made anew from these
 * (configuration, the builder's output, which holds a key) and the orderer's write-ahead log: an old one speaks of votes that are over.
 */
export function organisationFiles(
  folder: NetworkFolder,
  organisation: string,
  others: readonly string[],
): string[] {
  const own = folder.organisation(organisation);
  const below = (path: string) => filesBelow(folder.path, path);
  const inside = (path: string) => `${relative(folder.path, path).split(sep).join('/')}/`;
  const builds = inside(join(own.peerData, 'externalbuilder'));
  const identities = below(join(own.path, 'identities'));
  const tls = below(join(own.path, 'tls'));
  const data = [...below(own.peerData), ...below(own.ordererData)].filter((path) => !path.startsWith(builds));
  const verifying = others.flatMap((id) => {
    const files = folder.organisation(id);
    const orderer = [join(files.identity('orderer'), 'signcerts'), files.tls('orderer')].flatMap(below);
    return [...below(files.msp), ...fileOf(folder, files.tlsCa), ...orderer];
  });
  const shared = [
    ...fileOf(folder, folder.genesis),
    ...fileOf(folder, folder.description),
    ...below(folder.packages),
  ];
  return [...shared, ...below(own.msp), ...identities, ...tls, ...data, ...verifying].filter(
    (path) => !isKeyFile(path),
  );
}

/** Private keys of one organisation's processes, as paths inside the network's folder. */
export function organisationKeys(folder: NetworkFolder, organisation: string): string[] {
  const { path } = folder.organisation(organisation);
  return filesBelow(folder.path, path).filter(isKeyFile);
}

function fileOf(folder: NetworkFolder, path: string): string[] {
  return existsSync(path) ? [relative(folder.path, path).split(sep).join('/')] : [];
}
