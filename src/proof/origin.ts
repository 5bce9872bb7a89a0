import { utf8 } from './bytes.ts';
import { type Hash, sha256 } from './hash.ts';

/** An organisation id (DESIGN §6): what stands in origins, policies and events. */
const ORGANISATION = '[a-z][a-z0-9-]{1,31}';
const ORGANISATION_ID = new RegExp(`^${ORGANISATION}$`);
const LOG_ORIGIN = new RegExp(`^([^/\\s+]+)/orgs/(${ORGANISATION})(?:/([1-9][0-9]{0,8}))?$`);

/** True for `[a-z][a-z0-9-]{1,31}`, the form of organisation ids. */
export function isOrganisationId(text: string): boolean {
  return ORGANISATION_ID.test(text);
}

/** A log's origin taken apart (FORMATS §3). */
export interface LogOrigin {
  host: string;
  organisation: string;
  /** 1 for the first log of the organisation, k ≥ 2 for its successors. */
  generation: number;
}

/** Reads a log's origin; undefined when it is not one of the form of FORMATS §3. */
export function parseLogOrigin(origin: string): LogOrigin | undefined {
  const [, host, organisation, successor] = LOG_ORIGIN.exec(origin) ?? [];
  if (host === undefined || organisation === undefined || successor === '1') return undefined;
  return { host, organisation, generation: successor === undefined ? 1 : Number(successor) };
}

/** The origin of an organisation's log: `<host>/orgs/<org>`, and `…/<k>` for successors (FORMATS §3). */
export function formatLogOrigin({ host, organisation, generation }: LogOrigin): string {
  return `${host}/orgs/${organisation}${generation === 1 ? '' : `/${generation}`}`;
}

/** The name of an organisation's witness key, the same for all its logs: `<first origin>/witness` (FORMATS §3). */
export function witnessName(host: string, organisation: string): string {
  return `${formatLogOrigin({ host, organisation, generation: 1 })}/witness`;
}

/** The origin of a ledger's block log: `<ledger id>/ledger` (FORMATS §3). */
export function ledgerOrigin(ledgerId: string): string {
  return `${ledgerId}/ledger`;
}

/** The name under which a member signs the block log: `<ledger id>/ledger/<org>` (FORMATS §3). */
export function ledgerKeyName(ledgerId: string, organisation: string): string {
  return `${ledgerOrigin(ledgerId)}/${organisation}`;
}

/** The identifier of a log for databases and file names: SHA-256(`o:` ‖ origin), 32 bytes (transparency-dev/formats). */
export function logId(origin: string): Hash {
  return sha256(utf8(`o:${origin}`));
}
