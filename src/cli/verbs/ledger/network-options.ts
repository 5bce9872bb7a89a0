import { resolve } from 'node:path';
import { DEMO_PASSPHRASE, type LedgerOrganisation, passphraseFor } from '../../../node/index.ts';
import { CliError, EXIT } from '../../exit-code.ts';

/** Where a network lives when nothing is said. */
const DEFAULT_FOLDER = './data/network';
/** Who is in a network when nobody is named: the demo consortium. */
const DEMO_ORGANISATIONS = ['st-mary', 'lakeside', 'meridian', 'aurora'];
const ORGANISATION = /^[a-z][a-z0-9-]{1,31}$/; // DESIGN §6

/** Options that every `holdfast ledger` verb has. */
export interface NetworkOptions {
  readonly data?: string;
  readonly binaries?: string;
}

/** A network's folder. */
export function networkPath({ data }: NetworkOptions): string {
  return resolve(data ?? DEFAULT_FOLDER);
}

/** What finding Fabric's programs needs of the command line. */
export function programs(options: NetworkOptions, onProgress: (what: string) => void) {
  const binaries = options.binaries === undefined ? undefined : resolve(options.binaries);
  return { binaries, environment: process.env, onProgress };
}

/** Organisations given as `id` or `id=data folder`. Throws CliError `usage`. */
export function organisationsGiven(given: readonly string[]): LedgerOrganisation[] {
  if (given.length === 0) return DEMO_ORGANISATIONS.map((id) => ({ id }));
  const organisations = given.map(organisationGiven);
  if (new Set(organisations.map(({ id }) => id)).size !== organisations.length)
    throw new CliError(EXIT.unusable, 'usage', 'Every organisation is named once.');
  return organisations;
}

/** One organisation given as `id` or `id=data folder`. */
export function organisationGiven(text: string): LedgerOrganisation {
  const at = text.indexOf('=');
  const id = at < 0 ? text : text.slice(0, at);
  if (!ORGANISATION.test(id)) {
    const what = 'an id such as st-mary, or st-mary=FOLDER with its data folder';
    throw new CliError(EXIT.unusable, 'usage', `An organisation is given as ${what}; not ${text}.`);
  }
  return at < 0 ? { id } : { id, data: resolve(text.slice(at + 1)) };
}

/** The passphrase of the organisations' keyrings: the demo's when none of them brings a folder of its own. */
export function passphraseOf(organisations: readonly LedgerOrganisation[]): () => string {
  const isDemo =
    organisations.every(({ data }) => data === undefined) && process.env.HOLDFAST_PASSPHRASE === undefined;
  return () => (isDemo ? DEMO_PASSPHRASE : passphraseFor('production', process.env));
}
