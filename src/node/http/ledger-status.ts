import type { Anchor } from '../../log/index.ts';
import { fromBase64, toHex } from '../../proof/index.ts';
import type { LedgerEngine, NetworkStatus } from '../network/ledger-engine.ts';
import type { OrganisationCore } from '../organisation/core.ts';

/** One member as the ledger's page lists it. */
export interface MemberStatus {
  readonly organisation: string;
  readonly status: 'active' | 'suspended';
  readonly url: string;
  /** Origin of its newest log. */
  readonly origin: string;
  /** The newest head that it anchored; absent before the first. */
  readonly anchor?: {
    readonly size: number;
    readonly root: string;
    readonly sequence: number;
    readonly time: string;
  };
}

/** `GET /ledger`: the ledger as one node sees it. */
export interface LedgerStatus {
  readonly id: string;
  readonly engine: string;
  readonly height: number;
  /** Hash of the newest block seen. */
  readonly block?: string;
  /** How old the view may be; absent before the node saw a transaction of its own. */
  readonly viewAgeMs?: number;
  readonly policyVersion?: number;
  readonly members: readonly MemberStatus[];
  /** The processes underneath; absent for the embedded engine. */
  readonly network?: NetworkStatus;
  readonly warnings: readonly string[];
}

async function memberStatuses({ view, ledger }: OrganisationCore): Promise<MemberStatus[]> {
  return Promise.all(
    view.members().map(async ({ organisation, status, address, logs }) => {
      const origin = logs.at(-1)?.origin ?? address.origin;
      const head = (await ledger.query('anchors', 'head', { origin })) as Anchor | null;
      const anchor =
        head === null
          ? undefined
          : {
              size: head.size,
              root: toHex(fromBase64(head.root)),
              sequence: head.sequence,
              time: head.time,
            };
      return { organisation, status, url: address.url, origin, ...(anchor === undefined ? {} : { anchor }) };
    }),
  );
}

/** Gathers the status. A network that does not answer is left out; a ledger that cannot be asked throws LedgerError. */
export async function ledgerStatus(
  core: OrganisationCore,
  engine: LedgerEngine,
  id: string,
): Promise<LedgerStatus> {
  const [members, network] = await Promise.all([memberStatuses(core), engine.network()]);
  const head = core.projection.head();
  const ageMs = core.projection.ageMs();
  const { policyVersion } = core.view;
  return {
    id,
    engine: engine.name,
    height: head?.height ?? 0,
    ...(head === undefined ? {} : { block: head.block }),
    ...(Number.isFinite(ageMs) ? { viewAgeMs: Math.round(ageMs) } : {}),
    ...(policyVersion === undefined ? {} : { policyVersion }),
    members,
    ...(network === undefined ? {} : { network }),
    warnings: engine.warnings(),
  };
}
