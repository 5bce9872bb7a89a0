import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaincodeSource } from '../../ledger/index.ts';
import { NodeError } from '../errors.ts';
import { VERSION } from '../version.ts';

/** The root of the checkout or of the installed package: sources lie three folders below it, compiled files four. */
const ROOTS = [
  join(import.meta.dirname, '..', '..', '..'),
  join(import.meta.dirname, '..', '..', '..', '..'),
];

function shipped(...path: string[]): string {
  const found = ROOTS.map((root) => join(root, ...path)).find((each) => existsSync(each));
  if (found !== undefined) return found;
  throw new NodeError(
    'unavailable',
    `${path.join('/')} is not here: run "npm run build:chaincode" in a checkout, or install the package again.`,
  );
}

/** The Go module that builds Fabric's programs. */
export const toolsModule = (): string => shipped('packaging', 'fabric', 'tools');

/** The external builder that lets peers connect to chaincode as a service. */
export const builderFolder = (): string => shipped('packaging', 'fabric', 'builder');

/** This program's chaincode, one file, and how its process is started. Throws NodeError `unavailable` when it is not built. */
export function chaincodeSource(): ChaincodeSource {
  const file = shipped('dist', 'chaincode', 'holdfast.mjs');
  return {
    semver: VERSION,
    bundle: new Uint8Array(readFileSync(file)),
    process: { program: process.execPath, args: [file] },
  };
}
