import {
  type ChannelConfiguration,
  policyAt,
  section,
  withPolicy,
  withSection,
} from './channel-configuration.ts';
import { NetworkError } from './network-error.ts';
import { isSignaturePolicy, type Principal, signaturePolicy } from './signature-policy.ts';

/** Name of the policy by which peers accept blocks. */
const BLOCK_VALIDATION = 'BlockValidation';

/** An orderer that takes part in the consensus, in configtxlator's JSON (`common.Consenter`); certificates are base64 of PEM. */
export interface Consenter {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly msp_id: string;
  readonly identity: string;
  readonly client_tls_cert: string;
  readonly server_tls_cert: string;
}

/** Fewer tolerate no faulty orderer (n ≥ 3f + 1). */
export const LEAST_CONSENTERS = 4; // f = 1

/** The orderers of the consensus. */
export function consentersOf(configuration: ChannelConfiguration): readonly Consenter[] {
  const { value } = section(configuration, 'Orderer').values.Orderers ?? {};
  const { consenter_mapping } = (value ?? {}) as { consenter_mapping?: readonly Consenter[] };
  if (consenter_mapping === undefined)
    throw new NetworkError('network-invalid', 'The channel is not ordered by SmartBFT.');
  return consenter_mapping;
}

/** The number for the next orderer: one more than any. */
export function nextConsenterId(configuration: ChannelConfiguration): number {
  return Math.max(0, ...consentersOf(configuration).map(({ id }) => id)) + 1;
}

/** The configuration with one orderer more, or another certificate of one that is there. */
export function withConsenter(
  configuration: ChannelConfiguration,
  consenter: Consenter,
): ChannelConfiguration {
  const others = consentersOf(configuration).filter(({ msp_id }) => msp_id !== consenter.msp_id);
  return withConsenters(
    configuration,
    [...others, consenter].sort((a, b) => a.id - b.id),
  );
}

/**
 * The configuration without an organisation's orderer. Throws NetworkError `orderers-too-few` while it takes five or more
 * to spare one: with three left no fault is tolerated.
 */
export function withoutConsenter(
  configuration: ChannelConfiguration,
  organisation: string,
): ChannelConfiguration {
  const all = consentersOf(configuration);
  const others = all.filter(({ msp_id }) => msp_id !== organisation);
  if (others.length === all.length) return configuration;
  if (others.length < LEAST_CONSENTERS)
    throw new NetworkError(
      'orderers-too-few',
      `The orderer of ${organisation} stays: without it ${others.length} would be left, and fewer than ${LEAST_CONSENTERS} tolerate no fault. Add an organisation first.`,
    );
  return withConsenters(configuration, others);
}

/** The configuration with exactly these orderers, and the policy by which peers accept their blocks. */
export function withConsenters(
  configuration: ChannelConfiguration,
  consenters: readonly Consenter[],
): ChannelConfiguration {
  const orderer = section(configuration, 'Orderer');
  const { Orderers, ...values } = orderer.values;
  if (Orderers === undefined || policyAt(configuration, 'Orderer', BLOCK_VALIDATION) === undefined)
    throw new NetworkError('network-invalid', 'The channel is not ordered by SmartBFT.');
  const changed = withSection(configuration, 'Orderer', {
    ...orderer,
    values: { ...values, Orderers: { ...Orderers, value: { consenter_mapping: consenters } } },
  });
  return withPolicy(changed, 'Orderer', BLOCK_VALIDATION, signaturePolicy(...blockValidation(consenters)));
}

/** Signatures that make a block valid: ⌈(n + f + 1) / 2⌉ with f = ⌊(n − 1) / 3⌋ (Fabric: `common/policies/bft.go`). */
export function blockQuorum(n: number): number {
  return Math.ceil((n + Math.floor((n - 1) / 3) + 1) / 2);
}

/**
 * The policy by which peers accept blocks names each orderer's certificate: Fabric makes it once, for block 0, and it is
 * made anew here with every change of the orderers (`EncodeBFTBlockVerificationPolicy`).
 */
function blockValidation(consenters: readonly Consenter[]): [number, readonly Principal[]] {
  const principals = consenters.map(
    ({ msp_id, identity }): Principal => ({
      principal: { id_bytes: identity, mspid: msp_id },
      principal_classification: 'IDENTITY',
    }),
  );
  return [blockQuorum(consenters.length), principals];
}

/** True when peers accept blocks by the signatures of a quorum of exactly these orderers. */
export function validatedBy(configuration: ChannelConfiguration, consenters: readonly Consenter[]): boolean {
  return isSignaturePolicy(
    policyAt(configuration, 'Orderer', BLOCK_VALIDATION),
    ...blockValidation(consenters),
  );
}
