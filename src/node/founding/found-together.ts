import { setTimeout as pause } from 'node:timers/promises';
import { randomId } from '../../crypto/index.ts';
import type { Applicant } from '../../identity/index.ts';
import { type Ledger, LedgerError } from '../../ledger/index.ts';
import { canonicalize } from '../../proof/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { Configuration, FabricConfiguration } from '../configuration.ts';
import { NodeError } from '../errors.ts';
import { committedLedgerId, joiningOf } from '../network/found.ts';
import type { LedgerEngine } from '../network/ledger-engine.ts';
import type { NodeLog } from '../node-log.ts';
import { type ConfiguredFounders, Founder, type FounderStatement } from './founder.ts';
import { statementOf } from './founder-client.ts';
import { readFounding, writeFounding } from './founding-record.ts';
import { serveFounding } from './founding-server.ts';

/** Pause between two looks at the others and at the ledger. */
const ROUND_MS = 200; // a founding is over within a second or two of the last founder's start
/** Operators start their nodes one after the other. */
const DEFAULT_FOUNDING_TIMEOUT_MS = 900_000; // a quarter of an hour, then the supervisor starts the node anew

/** What a founding needs. */
export interface FoundingOptions {
  readonly configuration: Configuration;
  readonly ledgerConfiguration: Pick<FabricConfiguration, 'founders'>;
  readonly engine: LedgerEngine;
  readonly organisation: string;
  readonly keyring: Keyring;
  readonly nodeLog: NodeLog;
  readonly onProgress: (what: string) => void;
  readonly timeoutMs?: number;
}

/** The ledger's id, or undefined while it has not begun or its peers cannot be asked yet. */
async function ledgerIdNow(ledger: Ledger): Promise<string | undefined> {
  try {
    return await committedLedgerId(ledger);
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'unavailable') return undefined;
    throw error;
  }
}

/** One round: looks at every founder, proposes or signs, and as the first submits once all have signed. Says what is missing. */
async function round(
  founder: Founder,
  founders: ConfiguredFounders,
  own: string,
  ledger: Ledger,
): Promise<string> {
  const shown = new Map<string, FounderStatement>();
  await Promise.all(
    founders.map(async ({ id, url }) => {
      const statement = id === own ? founder.statement() : await statementOf(url, id);
      if (statement !== undefined && statement.applicant.organisation === id) shown.set(id, statement);
    }),
  );
  const silent = founders.filter(({ id }) => !shown.has(id)).map(({ id }) => id);
  if (silent.length > 0) return `waiting for ${silent.join(', ')} to be started`;
  const seen = new Map<string, Applicant>([...shown].map(([id, { applicant }]) => [id, applicant]));
  const [first] = founders;
  if (first?.id !== own) {
    const proposed = shown.get(first?.id ?? '')?.founding;
    if (proposed === undefined) return `waiting for ${first?.id} to propose the founding`;
    founder.sign(proposed, seen);
    return `waiting for ${first?.id} to submit the founding`;
  }
  founder.propose(randomId(), seen);
  return submitWhenSigned(founder, shown, ledger);
}

async function submitWhenSigned(
  founder: Founder,
  shown: ReadonlyMap<string, FounderStatement>,
  ledger: Ledger,
): Promise<string> {
  const { founding, signature: own } = founder.statement();
  if (founding === undefined || own === undefined)
    throw new Error('the first founder signs what it proposes');
  const signatures = founding.founders.map(({ organisation }) => {
    const statement = shown.get(organisation);
    const isSame =
      statement !== undefined && canonicalize(statement.founding ?? null) === canonicalize(founding);
    return isSame ? statement.signature : undefined;
  });
  signatures[founding.founders.findIndex(({ organisation }) => organisation === founder.organisation)] = own;
  const unsigned = founding.founders.filter((_, at) => signatures[at] === undefined);
  if (unsigned.length > 0)
    return `waiting for the signature of ${unsigned.map(({ organisation }) => organisation).join(', ')}`;
  const founders = founding.founders.map((each, at) => ({ ...each, signature: signatures[at] }));
  await ledger.submit({
    contract: 'membership',
    name: 'genesis',
    args: { ledger: founding.ledger, founders },
  });
  return 'waiting for the first block';
}

/** The ledger's id once it has begun, and that it is the one that this organisation signed. Throws NodeError `founding-refused`. */
function checked(id: string, data: string): string {
  const signed = readFounding(data);
  if (signed !== undefined && signed.ledger !== id) {
    throw new NodeError(
      'founding-refused',
      'The ledger that the peers have is not the one that this organisation signed as a founder: check which network the profile names.',
    );
  }
  return id;
}

/**
 * The id of a ledger whose organisations run in processes of their own; while it has not begun, founds it with the others.
 * Every founder shows its public keys at its own address and reads those of the others there; the first one proposes; each
 * signs what it has seen itself; the first submits. Nothing is written from outside. Throws NodeError `founding-refused`,
 * and `unavailable` when the others do not come.
 */
export async function foundTogether(options: FoundingOptions): Promise<string> {
  const { configuration, engine, organisation, keyring, nodeLog, onProgress } = options;
  const ledger = engine.connect({ organisation, role: 'admin', keyring });
  const begun = await ledgerIdNow(ledger);
  if (begun !== undefined) return checked(begun, configuration.data);
  const founders = options.ledgerConfiguration.founders ?? [];
  const isFounder = founders.some(({ id }) => id === organisation);
  const founder = new Founder({
    joining: joiningOf(configuration, organisation, keyring),
    configured: founders,
    earlier: readFounding(configuration.data),
    keep: (founding) => writeFounding(configuration.data, founding),
  });
  let waiting = 'looking for the other founders';
  const server = await serveFounding(
    configuration,
    organisation,
    () => founder.statement(),
    () => waiting,
    nodeLog,
  );
  const endMs = performance.now() + (options.timeoutMs ?? DEFAULT_FOUNDING_TIMEOUT_MS);
  try {
    for (;;) {
      const id = await ledgerIdNow(ledger);
      if (id !== undefined) return checked(id, configuration.data);
      const now = isFounder
        ? await round(founder, founders, organisation, ledger).catch(unavailableAsWaiting)
        : 'waiting for its founders to begin the ledger';
      if (now !== waiting) onProgress(`founding the ledger: ${now}`);
      waiting = now;
      if (performance.now() > endMs)
        throw new NodeError('unavailable', `The ledger has not begun: ${waiting}.`);
      await pause(ROUND_MS);
    }
  } finally {
    await server.close();
  }
}

/** What the ledger cannot take now is tried again; a refusal is final. */
function unavailableAsWaiting(error: unknown): string {
  if (error instanceof LedgerError && (error.code === 'unavailable' || error.code === 'unknown-outcome'))
    return 'waiting for the ledger to take the founding';
  throw error;
}
