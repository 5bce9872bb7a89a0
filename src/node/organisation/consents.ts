import {
  type Affiliations,
  type CompiledConsent,
  type ConsentRegister,
  type ConsentRouteServices,
  type ConsentServices,
  fhirConsentPath,
  type OrganisationPolicy,
  openConsents,
  type Withdrawals,
} from '../../consent/index.ts';
import { type ConsentDirectory, consentDirectory } from '../../exchange/index.ts';
import type { ConsentPath } from '../../fhir/index.ts';
import type { Authenticator, Enrolment, Recorder } from '../../identity/index.ts';
import type { Block } from '../../ledger/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { NodeLog } from '../node-log.ts';
import type { OrganisationCore } from './core.ts';

/** What an organisation's consents are composed of. */
export interface ConsentParts {
  readonly core: OrganisationCore;
  readonly policy: OrganisationPolicy;
  readonly vault: Vault;
  readonly enrolment: Enrolment;
  readonly authenticator: Authenticator;
  readonly recorder: Recorder;
  readonly nodeLog: NodeLog;
  readonly affiliations: Affiliations;
  readonly withdrawals: Withdrawals;
  readonly now: () => Date;
}

/** The consents of one organisation, as the rooms around them see them. */
export interface OrganisationConsents {
  readonly services: ConsentServices;
  readonly routes: Omit<ConsentRouteServices, 'mayRead' | 'mayChange'>;
  readonly policy: OrganisationPolicy;
  readonly consentsOf: (patient: string) => readonly CompiledConsent[];
  readonly consentPath: ConsentPath;
  readonly directory: ConsentDirectory;
  /** Takes a block; `granted` is told of every grant or replacement in it, once it counts. */
  readonly apply: (block: Block, granted: (consent: string) => void) => Promise<void>;
}

/** Transactions after which grantees are told of a consent again: what they hold of it may have changed. */
const GRANTING = new Set(['grant', 'replace', 'rebind', 'completeRebind']);

/** Ids of the consents that a block grants, replaces or binds to a new key. */
function grantsIn(block: Block): string[] {
  return block.transactions.flatMap(({ valid, contract, name, args }) =>
    valid && contract === 'consent' && GRANTING.has(name) && typeof args.id === 'string' ? [args.id] : [],
  );
}

async function apply(
  register: ConsentRegister,
  block: Block,
  granted: (consent: string) => void,
): Promise<void> {
  await register.apply(block);
  for (const consent of grantsIn(block)) granted(consent);
}

/** Opens the consents of one organisation. Throws VaultError when what is stored cannot be read. */
export async function openOrganisationConsents(parts: ConsentParts): Promise<OrganisationConsents> {
  const { core, policy, vault, enrolment, authenticator, recorder, nodeLog, now } = parts;
  const { groups } = parts.affiliations;
  const onFault = (error: unknown) => nodeLog.fault(error);
  const services = await openConsents({
    organisation: core.id,
    database: core.data,
    vault,
    ledger: core.ledger,
    submit: (transaction) => core.projection.submit(transaction),
    reached: (height, timeoutMs) => core.projection.reached(height, timeoutMs),
    members: () =>
      core.view
        .members()
        .filter((member) => member.status === 'active')
        .map((member) => member.organisation),
    enrolledKeys: (patient) => enrolment.enrolledKeys(patient),
    patientOfKey: (key) => enrolment.patientOfKey(key),
    law: policy.law,
    withdrawals: parts.withdrawals,
    onGroups: (consent, named) => void groups.name(consent, named).catch(onFault),
    anchorNow: () => core.anchoring.anchorNow(),
    onFault,
    now,
  });
  const { register } = services;
  return {
    services,
    routes: {
      consents: services,
      authenticate: (header) => authenticator.authenticate(header),
      recorder,
      onFault,
    },
    policy,
    consentsOf: (patient) => register.consentsOf(patient),
    consentPath: fhirConsentPath(services),
    directory: consentDirectory(register),
    apply: (block, granted) => apply(register, block, granted),
  };
}
