import { canonicalize, parseJsonKeepingDigits } from '../proof/index.ts';
import {
  compartments,
  decisionFacts,
  extractIndex,
  parseResource,
  stripServerFields,
  withServerFields,
} from '../r4/index.ts';
import type { Vault, VersionWrite } from '../vault/index.ts';
import type { ConsentRegister } from './consent-register.ts';
import type { Step } from './step-store.ts';

/** What finishing a step needs. */
export interface StepFinisher {
  readonly register: ConsentRegister;
  readonly vault: Pick<Vault, 'read' | 'transact'>;
  readonly anchorNow: () => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
  readonly now: () => Date;
}

/**
 * What a step that the ledger has finished brings with it at this node: a grant's or replacement's Consent is stored
 * and comes into force, a revoked one becomes inactive. Repeating it changes nothing, so that it can be taken up again after a
 * crash at any point.
 */
export async function finishStep(finisher: StepFinisher, step: Step): Promise<void> {
  const { register, anchorNow, onFault } = finisher;
  const { id, name, event, actor } = step;
  if ((name === 'grant' || name === 'replace') && event !== undefined) {
    const record = await register.records.open(event);
    if (record === undefined) throw new Error('the content of a pending consent is gone');
    await storeConsentVersion(finisher, id, canonicalize(record.consent), actor);
    register.records.use(id, 'custodian', event);
  }
  if (name === 'revoke') {
    await deactivate(finisher, id, actor);
    // Whoever checks later must find the revocation in an anchored log soon; the answer need not wait for it.
    anchorNow().catch(onFault);
  }
}

/** A revoked Consent's newest version says `inactive`; nothing to do where the Consent is not stored here. */
async function deactivate(finisher: StepFinisher, id: string, actor: string): Promise<void> {
  const stored = await finisher.vault.read('Consent', id);
  if (stored?.text === undefined) return;
  const consent = parseJsonKeepingDigits(stored.text) as Record<string, unknown>;
  if (consent.status !== 'active') return;
  await storeConsentVersion(finisher, id, canonicalize({ ...consent, status: 'inactive' }), actor);
}

/** Stores a Consent as the newest version of its id, unless the newest says the same already; the version's number. */
export async function storeConsentVersion(
  { vault, now }: Pick<StepFinisher, 'vault' | 'now'>,
  id: string,
  text: string,
  actor: string,
): Promise<number> {
  const { result } = await vault.transact([`Consent/${id}`], (read) => {
    const current = read.read('Consent', id);
    if (current?.text !== undefined && stripServerFields(current.text) === stripServerFields(text))
      return { change: {}, result: current.version };
    const version = (current?.version ?? 0) + 1;
    return {
      change: { versions: [versionOf(id, version, text, actor, now().toISOString())] },
      result: version,
    };
  });
  return result;
}

/** Deletes a Consent: history stays, under audit keys as before; the version's number. */
export async function deleteConsentVersion(
  { vault, now }: Pick<StepFinisher, 'vault' | 'now'>,
  id: string,
  actor: string,
): Promise<number> {
  const { result } = await vault.transact([`Consent/${id}`], (read) => {
    const current = read.read('Consent', id);
    if (current === undefined || current.deleted === true)
      return { change: {}, result: current?.version ?? 0 };
    const { facts, patients } = current;
    const version = current.version + 1;
    const write: VersionWrite = {
      type: 'Consent',
      id,
      version,
      lastUpdated: now().toISOString(),
      patients,
      index: [],
      facts,
      actor,
      custody: 'audit',
    };
    return { change: { versions: [write] }, result: version };
  });
  return result;
}

function versionOf(
  id: string,
  version: number,
  text: string,
  actor: string,
  lastUpdated: string,
): VersionWrite {
  const complete = withServerFields(text, { id, meta: { versionId: String(version), lastUpdated } });
  const { resource } = parseResource(complete);
  return {
    type: 'Consent',
    id,
    version,
    lastUpdated,
    text: complete,
    patients: compartments(resource).patients,
    index: extractIndex(resource),
    facts: decisionFacts(resource),
    actor,
    custody: 'audit',
  };
}
