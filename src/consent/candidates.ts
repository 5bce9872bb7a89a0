import type { CompiledConsent } from './decision.ts';
import { mayReach } from './provision.ts';
import { purposeBit } from './purpose-of-use.ts';

/** Askers and purposes remembered for one patient's consents. */
const MAX_REMEMBERED = 512; // members times purposes in use; beyond it the oldest go

/** A patient's consents are one list that is replaced when any changes, so what was worked out goes with it. */
const remembered = new WeakMap<readonly CompiledConsent[], Map<string, readonly CompiledConsent[]>>();

/** Consents of so few that looking them through costs less than looking them up. */
const FEW = 2;

/**
 * The consents that may speak of an organisation and a purpose at all, in their order. A patient's consents name different
 * recipients and purposes; a decision looks only at those that could matter.
 */
export function candidates(
  consents: readonly CompiledConsent[],
  organisation: string,
  purpose: string,
): readonly CompiledConsent[] {
  if (consents.length <= FEW) return consents;
  let known = remembered.get(consents);
  if (known === undefined) {
    known = new Map();
    remembered.set(consents, known);
  }
  const key = `${purpose} ${organisation}`;
  let found = known.get(key);
  if (found === undefined) {
    const bit = purposeBit(purpose);
    found =
      bit === undefined
        ? []
        : consents.filter(
            ({ status, provision }) => status !== 'revoked' && mayReach(provision, organisation, bit),
          );
    if (known.size >= MAX_REMEMBERED) known.delete(known.keys().next().value ?? '');
    known.set(key, found);
  }
  return found;
}
