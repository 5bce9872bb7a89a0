import { nativePrimitives } from '../../crypto/index.ts';
import {
  type Asker,
  type ConsentDirectory,
  composeExchange,
  httpTransport,
  type KeyLookup,
  type Member,
  type MemberDirectory,
  type MemberExchange,
  type RecordSource,
} from '../../exchange/index.ts';
import type { FhirServices } from '../../fhir/index.ts';
import type { Recorder } from '../../identity/index.ts';
import { fromBase64, verifyEd25519 } from '../../proof/index.ts';
import type { Configuration } from '../configuration.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationAudit } from './audit.ts';
import type { OrganisationCore } from './core.ts';
import { memberKey, privateKeys, signWith } from './member-keys.ts';

/** What one organisation's exchange is composed of. */
export interface ExchangeParts {
  readonly core: OrganisationCore;
  readonly configuration: Configuration;
  readonly fhir: FhirServices;
  readonly consents: ConsentDirectory;
  readonly recorder: Recorder;
  readonly audit: Pick<OrganisationAudit, 'breakGlass' | 'emergencies'>;
  readonly ledgerId: string;
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
  /** Base URL at which a member hosted by this very process listens; undefined for members elsewhere. */
  readonly reachOf: (organisation: string) => string | undefined;
}

function memberOf(parts: ExchangeParts, organisation: string): Member | undefined {
  const { view } = parts.core;
  const url = view.member(organisation)?.address.url;
  const [seal] = view.activeKeys(organisation, 'exchange-seal');
  if (url === undefined || seal === undefined) return undefined;
  return { organisation, url, reach: parts.reachOf(organisation) ?? url, sealKey: fromBase64(seal.key) };
}

function directory(parts: ExchangeParts): MemberDirectory {
  const { view, id } = parts.core;
  const lookup: KeyLookup = (keyId) => {
    const [organisation = '', wanted] = keyId.split('/');
    const key = view.activeKeys(organisation, 'exchange-sign').find((each) => each.id === wanted);
    if (key === undefined) return undefined;
    const publicKey = fromBase64(key.key);
    return {
      organisation,
      verify: (message, signature) => verifyEd25519(publicKey, message, signature, nativePrimitives),
    };
  };
  return {
    get own() {
      const own = memberOf(parts, id);
      if (own === undefined) throw new Error('this organisation is no active member');
      return own;
    },
    others: () =>
      view
        .members()
        .filter((member) => member.organisation !== id && member.status === 'active')
        .flatMap((member) => memberOf(parts, member.organisation) ?? []),
    lookup,
  };
}

/** Proofs of all leaves under one checkpoint; when none covers all in time, of those that the newest covers. */
async function coveredProofs(
  core: OrganisationCore,
  leaves: readonly number[],
  options: { waitMs: number },
): Promise<ReadonlyMap<number, string>> {
  const all = await core.log.proofsFor(leaves, options);
  const size = core.log.cosigned()?.size ?? 0;
  const covered = all === undefined ? leaves.filter((leaf) => leaf < size) : leaves;
  const proofs = all ?? (await core.log.proofsFor(covered, { waitMs: 0 })) ?? [];
  return new Map(
    covered.flatMap((leaf, at) => (proofs[at] === undefined ? [] : [[leaf, proofs[at]] as const])),
  );
}

/** Composes the exchange of one organisation. */
export function openExchange(parts: ExchangeParts): MemberExchange {
  const { core, configuration, fhir, consents, ledgerId, recorder, nodeLog, now } = parts;
  const { breakGlass, emergencies } = parts.audit;
  const signingKey = memberKey(core.keyring, 'exchange-sign');
  const asker: Asker = {
    members: directory(parts),
    signer: { keyId: `${core.id}/${signingKey.id}`, sign: signWith(signingKey) },
    sealKeys: () => privateKeys(core.keyring, 'exchange-seal'),
    transport: httpTransport,
    now,
  };
  const source: RecordSource = {
    services: fhir,
    consents,
    handleKey: core.keyring.key('exchange-handle').key,
    fresh: () => core.projection.fresh(configuration.stalenessMs),
    proofsFor: (leaves, options) => coveredProofs(core, leaves, options),
  };
  return composeExchange({
    ...{ organisation: core.id, ledgerId, asker, source, database: core.data, breakGlass, recorder },
    isStale: emergencies.isStale,
    policies: () => core.view.trustedPolicies(),
    primitives: nativePrimitives,
    onFault: (error, requestId) => nodeLog.fault(error, requestId),
  });
}
