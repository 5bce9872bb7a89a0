import { generateEd25519, nativePrimitives, signEd25519Native } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import { formatVerifierKey, parsePolicy } from '../../proof/index.ts';
import { type OrganisationLog, openLog } from '../index.ts';

/** Vkey type of a log's key (FORMATS §3). */
const LOG_KEY = 1;

/** A log that needs no other organisation's cosignature: a network of one (FORMATS §3). */
export function openOwnLog(
  database: Database,
  organisation: string,
): { log: OrganisationLog; policy: string } {
  const { privateKey, publicKey } = generateEd25519();
  const origin = `holdfast.local/orgs/${organisation}`;
  const vkey = formatVerifierKey({ name: origin, publicKey, type: LOG_KEY });
  const policy = `# holdfast policy ${'0'.repeat(32)} 1\nlog ${vkey}\nquorum none\n`;
  const log = openLog({
    database,
    origin,
    organisation,
    signer: { name: origin, publicKey, sign: (message) => signEd25519Native(privateKey, message) },
    witnessing: () => ({ policy: parsePolicy(policy), witnesses: [] }),
    primitives: nativePrimitives,
  });
  return { log, policy };
}
