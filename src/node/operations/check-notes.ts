import { nativePrimitives } from '../../crypto/index.ts';
import { type KeptNote, keptNotes } from '../../log/index.ts';
import {
  equalBytes,
  judgeCheckpoint,
  noteVerifier,
  openNote,
  ProofError,
  parsePolicy,
  parseSignedCheckpoint,
  type TrustPolicy,
} from '../../proof/index.ts';
import type { MembershipView } from '../network/membership-view.ts';
import type { FolderFindings } from './folder-report.ts';
import type { OrganisationSnapshot } from './folder-snapshot.ts';

const SENTENCES: Record<KeptNote['kind'], string> = {
  cosigned: 'A kept checkpoint of this log does not have the signatures that it needs.',
  witnessed: 'A witnessed head of this log does not have the signature of its owner.',
  anchored: 'A kept anchor of this log does not have the signatures that it needs.',
};

/** Verifies every signed note that is kept beside an organisation's log and mirrors, by the policies on the ledger. */
export function checkNotes(
  { id, databases }: OrganisationSnapshot,
  view: MembershipView,
  findings: FolderFindings,
): void {
  const policies = policiesOf(view);
  for (const name of ['data', 'witness'] as const) {
    const database = databases.get(name);
    for (const kept of database === undefined ? [] : keptNotes(database)) {
      if (isGenuine(kept, policies)) continue;
      findings.add({
        code: 'note-forged',
        organisation: id,
        object: `${kept.origin} ${kept.size}`,
        detail: SENTENCES[kept.kind],
      });
    }
  }
}

/** Every version there ever was, withdrawn ones too: what was signed under them was. */
function policiesOf(view: MembershipView): ReadonlyMap<number, TrustPolicy> {
  const policies = new Map<number, TrustPolicy>();
  for (let version = 1; version <= (view.policyVersion ?? 0); version += 1) {
    const text = view.networkPolicy(version);
    if (text !== undefined) policies.set(version, { ...parsePolicy(text), withdrawn: false });
  }
  return policies;
}

function isGenuine(kept: KeptNote, policies: ReadonlyMap<number, TrustPolicy>): boolean {
  const { origin, kind, size, root, policy, note } = kept;
  try {
    const signed = parseSignedCheckpoint(note);
    const { checkpoint } = signed;
    if (checkpoint.origin !== origin || Number(checkpoint.size) !== size) return false;
    if (root !== null && !equalBytes(checkpoint.root, root)) return false;
    if (!signersOf(note, [...policies.values()]).includes(origin)) return false;
    if (kind === 'witnessed') return true;
    const named = policies.get(policy ?? 0);
    const possible = policy === null ? [...policies.values()] : named === undefined ? [] : [named];
    return possible.some((each) => judgeCheckpoint(signed, each, nativePrimitives).ok);
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}

/** Names of those who signed. Throws ProofError when the line of a known key does not verify, also one that no quorum needs. */
function signersOf(note: string, policies: readonly TrustPolicy[]): string[] {
  const keys = policies.flatMap(({ logs, witnesses }) => [...logs, ...witnesses.values()]);
  const { verified } = openNote(
    note,
    keys.map((key) => noteVerifier(key, nativePrimitives)),
  );
  return verified.map(({ name }) => name);
}
