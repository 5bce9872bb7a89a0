import { nativePrimitives } from '../../crypto/index.ts';
import type { Database } from '../../database/index.ts';
import {
  type Alarms,
  type FetchTile,
  httpTiles,
  httpWitness,
  inProcessWitness,
  type KnownLog,
  knownLogsOf,
  logKeysEver,
  type OrganisationLog,
  tilesOf,
  Witness,
  type WitnessClient,
  type Witnessing,
} from '../../log/index.ts';
import { parseLogOrigin, parsePolicy, type TrustPolicy, witnessName } from '../../proof/index.ts';
import type { Keyring } from '../../vault/index.ts';
import type { MembershipView } from '../network/membership-view.ts';
import { memberKey, signerOf } from './member-keys.ts';

/** Another organisation of the same process, reached without HTTP through the same bytes and checks. */
export interface LocalPeer {
  readonly log: OrganisationLog;
  readonly witness: Witness;
}

/** What connects an organisation's log and witness with those of the other members. */
export interface WitnessingOptions {
  readonly organisation: string;
  readonly view: MembershipView;
  readonly local: (organisation: string) => LocalPeer | undefined;
}

const mirrorPath = (origin: string): string => {
  const parsed = parseLogOrigin(origin);
  return `mirror/${parsed?.organisation ?? ''}${(parsed?.generation ?? 1) > 1 ? `/${parsed?.generation}` : ''}`;
};

function logUrl(view: MembershipView, organisation: string): string {
  return `${view.member(organisation)?.address.url ?? ''}/orgs/${organisation}/log`;
}

function clientFor(options: WitnessingOptions, organisation: string, origin: string): WitnessClient {
  const { view, local } = options;
  if (local(organisation) === undefined) {
    return httpWitness({ organisation, url: logUrl(view, organisation), mirrorPath: mirrorPath(origin) });
  }
  const peer = (): LocalPeer => {
    const found = local(organisation);
    if (found === undefined) throw new Error('the organisation left this process');
    return found;
  };
  return inProcessWitness({
    organisation,
    witness: () => peer().witness,
    mirror: tilesOf(() => peer().witness.mirrorSource(origin)),
  });
}

/** The policy of this organisation's log and the witnesses it names; undefined before the ledger was seen. */
export function witnessingOf(options: WitnessingOptions, origin: string): () => Witnessing | undefined {
  const { organisation, view } = options;
  let known: { seen: string; witnessing: Witnessing } | undefined;
  return () => {
    const version = view.policyVersion;
    const text = version === undefined ? undefined : view.logPolicy(organisation, version);
    if (version === undefined || text === undefined) return undefined;
    // Members that moved are reached at their new address without a new version.
    const seen = [version, ...view.members().map(({ address }) => address.url)].join(' ');
    if (known?.seen === seen) return known.witnessing;
    const policy: TrustPolicy = parsePolicy(text);
    const own = view.member(organisation);
    const witnesses = [...policy.witnesses.keys()].map((other) => clientFor(options, other, origin));
    const earlierKeys = own === undefined ? [] : logKeysEver(own, origin);
    known = { seen, witnessing: { policy, witnesses, earlierKeys } };
    return known.witnessing;
  };
}

/** This organisation as witness of all others. */
export function openWitness(
  options: WitnessingOptions & {
    database: Database;
    keyring: Keyring;
    host: string;
    alarms: Alarms;
    now: () => Date;
  },
): Witness {
  const { organisation, view, local, database, keyring, host, alarms, now } = options;
  const tilesFor = (log: KnownLog): FetchTile =>
    local(log.organisation) === undefined
      ? httpTiles(logUrl(view, log.organisation))
      : tilesOf(() => local(log.organisation)?.log.source);
  const mirrorsFor = (log: KnownLog): FetchTile[] =>
    view
      .members()
      .filter((member) => member.organisation !== organisation && member.organisation !== log.organisation)
      .map((member) =>
        local(member.organisation) === undefined
          ? httpTiles(`${logUrl(view, member.organisation)}/${mirrorPath(log.origin)}`)
          : tilesOf(() => local(member.organisation)?.witness.mirrorSource(log.origin)),
      );
  return new Witness({
    database,
    signer: signerOf(witnessName(host, organisation), memberKey(keyring, 'witness')),
    alarms,
    now,
    primitives: nativePrimitives,
    knownLogs: () => knownLogsOf(view.members(), organisation, view.height),
    fetchTiles: tilesFor,
    fetchMirrors: mirrorsFor,
  });
}
