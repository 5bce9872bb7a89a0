import type { Asked } from './asked.ts';
import { applies } from './criteria.ts';
import type { CompiledConsent, Ground } from './decision.ts';
import type { Provision } from './provision.ts';
import { ProvisionCodes } from './provision-codes.ts';
import { ProvisionPeriods } from './provision-periods.ts';
import { ProvisionRows, WORD_BITS } from './provision-rows.ts';
import type { PurposeSet } from './purpose-of-use.ts';

const NOBODY: readonly Ground[] = [];

/** A patient's consents are one list that is replaced when any changes, so its plan goes with it. */
const plans = new WeakMap<readonly CompiledConsent[], ConsentPlan>();

/** The plan of a patient's consents, made when the list is first asked about. The list must not change afterwards. */
export function planOf(consents: readonly CompiledConsent[]): ConsentPlan {
  if (consents.length === 0) return nothingPlanned;
  let plan = plans.get(consents);
  if (plan === undefined) {
    plan = new ConsentPlan(consents);
    plans.set(consents, plan);
  }
  return plan;
}

/**
 * The provisions of one patient's consents, numbered, each before those nested in it, so that a decision looks at the few that may
 * speak. Revoked consents are left out.
 */
class ConsentPlan {
  readonly #grounds: Ground[] = [];
  /** For each provision, the number of the first after those nested in it. */
  readonly #ends: number[] = [];
  readonly #rows: ProvisionRows;
  readonly #codes: ProvisionCodes;
  readonly #periods: ProvisionPeriods;

  constructor(consents: readonly CompiledConsent[]) {
    for (const consent of consents) if (consent.status !== 'revoked') this.#add(consent, consent.provision);
    const provisions = this.#grounds.map(({ provision }) => provision);
    this.#rows = new ProvisionRows(provisions);
    this.#codes = new ProvisionCodes(provisions);
    this.#periods = new ProvisionPeriods(provisions);
  }

  #add(consent: CompiledConsent, provision: Provision): void {
    const at = this.#grounds.push({ consent, provision }) - 1;
    this.#ends.push(0);
    for (const exception of provision.exceptions) this.#add(consent, exception);
    this.#ends[at] = this.#grounds.length;
  }

  /**
   * What speaks of a request for one purpose: the first provision that denies, alone; else of each consent one that permits. Empty
   * when none speaks. Deeper wins over its parent; among exceptions of one parent, deny wins. An exception counts even where
   * its parent does not apply: it may speak of data that the parent leaves out (IHE PCF, "focused restricted").
   */
  speaking(asked: Asked, purpose: PurposeSet): readonly Ground[] {
    const { words, bits } = this.#rows;
    const purposes = this.#rows.ofPurpose(purpose);
    const levels = this.#rows.ofLevel(asked);
    const organisations = this.#rows.ofOrganisation(asked);
    const types = this.#rows.ofType(asked);
    let applying: number[] | undefined;
    for (let word = 0; word < words; word++) {
      const named =
        (bits[purposes + word] ?? 0) &
        (bits[levels + word] ?? 0) &
        (bits[organisations + word] ?? 0) &
        (bits[types + word] ?? 0);
      if (named === 0) continue;
      for (let left = this.#ofCodes(named, asked, word); left !== 0; left &= left - 1) {
        const bit = left & -left;
        const at = word * WORD_BITS + (WORD_BITS - 1) - Math.clz32(bit);
        if (!this.#applies(at, word, bit, asked, purpose)) continue;
        if (applying === undefined) applying = [at];
        else applying.push(at);
      }
    }
    return applying === undefined ? NOBODY : this.#decisive(applying);
  }

  /** Those of a word's provisions that name no codes or one of the resource's. */
  #ofCodes(named: number, { facts }: Asked, word: number): number {
    const coded = named & (this.#rows.bits[this.#rows.coded + word] ?? 0);
    return coded === 0 ? named : named & (~coded | this.#codes.bitsOf(facts.codes, word));
  }

  /** Whether a provision applies that is in the rows and has one of the codes. Of other systems the rows know no single purpose. */
  #applies(at: number, word: number, bit: number, asked: Asked, purpose: PurposeSet): boolean {
    if (!this.#periods.hold(at, asked.request.nowMs, asked.facts.period)) return false;
    const { bits, settled } = this.#rows;
    if (purpose.others.length === 0 && ((bits[settled + word] ?? 0) & bit) !== 0) return true;
    const provision = this.#grounds[at]?.provision;
    return provision?.effect !== undefined && applies(provision.criteria, provision.effect, asked, purpose);
  }

  /** Of provisions that apply, in their order: those that count. */
  #decisive(applying: readonly number[]): readonly Ground[] {
    const permitting: Ground[] = [];
    for (let index = 0; index < applying.length; index++) {
      const at = applying[index] ?? 0;
      const isOverruled = (applying[index + 1] ?? this.#grounds.length) < (this.#ends[at] ?? 0);
      const ground = this.#grounds[at];
      if (isOverruled || ground === undefined) continue;
      if (ground.provision.effect === 'deny') return [ground];
      // Of one consent the last exception that permits speaks.
      if (permitting.at(-1)?.consent === ground.consent) permitting.pop();
      permitting.push(ground);
    }
    return permitting;
  }
}

const nothingPlanned = new ConsentPlan([]);
