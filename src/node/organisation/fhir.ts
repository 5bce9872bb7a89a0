import type { RefusalSeal } from '../../audit/index.ts';
import {
  type Affiliations,
  type CompiledConsent,
  createExclusive,
  type OrganisationPolicy,
  type Withdrawals,
} from '../../consent/index.ts';
import type { ConsentPath, Emergencies, FhirServices, Operation } from '../../fhir/index.ts';
import {
  everythingOperation,
  importOperation,
  receiptOperation,
  validateOperation,
} from '../../fhir/index.ts';
import type { Authenticator } from '../../identity/index.ts';
import type { StoredVersion, Vault } from '../../vault/index.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationCore } from './core.ts';

/** What one organisation's FHIR server is composed of. */
export interface FhirParts {
  readonly core: OrganisationCore;
  readonly vault: Vault;
  readonly authenticator: Authenticator;
  readonly audience: string;
  readonly consentsOf: (patient: string) => readonly CompiledConsent[];
  readonly policy: OrganisationPolicy;
  readonly affiliations: Affiliations;
  readonly withdrawals: Withdrawals;
  readonly consentPath: ConsentPath;
  readonly isSuspended: (event: StoredVersion) => boolean;
  readonly emergencies: Emergencies;
  readonly refusals: RefusalSeal;
  /** Operations of rooms above fhir. */
  readonly operations: readonly Operation[];
  readonly nodeLog: NodeLog;
  readonly now: () => Date;
}

/** Composes the FHIR server of one organisation. */
export function openFhir(parts: FhirParts): FhirServices {
  const { core, vault, authenticator, audience, consentsOf, policy, consentPath, operations, nodeLog, now } =
    parts;
  const { affiliations, withdrawals, isSuspended, emergencies, refusals } = parts;
  return {
    organisation: core.id,
    baseUrl: audience,
    vault,
    authenticate: (header) => authenticator.authenticate(header),
    consentsOf,
    policy,
    affiliations,
    withdrawals,
    proofs: core.log,
    consentPath,
    isSuspended,
    emergencies,
    refusals,
    operations: [receiptOperation, validateOperation, everythingOperation, importOperation, ...operations],
    pagingKey: core.keyring.key('paging').key,
    conditions: createExclusive(),
    now,
    onFault: (error, requestId) => nodeLog.fault(error, requestId),
  };
}
