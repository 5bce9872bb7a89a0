import {
  type Applicant,
  applicantOf,
  type Founding,
  founderOrder,
  type Joining,
  signFounding,
} from '../../identity/index.ts';
import { canonicalize } from '../../proof/index.ts';
import { NodeError } from '../errors.ts';

/** A founder as the others see it while the ledger has not begun. */
export interface FounderStatement {
  readonly applicant: Applicant;
  /** What it proposes, or signed. */
  readonly founding?: Founding;
  /** Its signature over that. */
  readonly signature?: string;
}

/** Organisations that begin a ledger, as one of them is configured; the first proposes. */
export type ConfiguredFounders = readonly { readonly id: string; readonly url: string }[];

const same = (a: unknown, b: unknown): boolean => canonicalize(a) === canonicalize(b);

/**
 * Why a proposed founding is not what this organisation was told to found with whom; undefined when it is. `seen` are the
 * applicants as this organisation itself read them at each founder's configured address: whoever proposes cannot enter
 * other keys for anybody.
 */
export function foundingObjection(
  founding: Founding,
  configured: ConfiguredFounders,
  seen: ReadonlyMap<string, Applicant>,
): string | undefined {
  const expected = [...configured].map(({ id }) => id).sort();
  const proposed = founding.founders.map(({ organisation }) => organisation);
  if (!same(proposed, expected))
    return 'it lists other organisations than this node is configured to found with';
  for (const { id, url } of configured) {
    const entry = founding.founders.find(({ organisation }) => organisation === id);
    if (entry === undefined || entry.address.url !== url) return `it has another address for ${id}`;
    if (!same(entry, seen.get(id))) return `it has other keys for ${id} than ${id} itself shows`;
  }
  return undefined;
}

/** One organisation while a ledger is founded: what it shows, and what it signs at most once. */
export class Founder {
  readonly #joining: Joining;
  readonly #configured: ConfiguredFounders;
  readonly #keep: (founding: Founding) => void;
  #founding: Founding | undefined;
  #signature: string | undefined;

  /** `earlier` is what it signed before a restart; `keep` makes what it is about to sign durable. */
  constructor(options: {
    joining: Joining;
    configured: ConfiguredFounders;
    earlier: Founding | undefined;
    keep: (founding: Founding) => void;
  }) {
    const { joining, configured, earlier, keep } = options;
    this.#joining = joining;
    this.#configured = configured;
    this.#keep = keep;
    this.#founding = earlier;
    if (earlier !== undefined) this.#signature = this.#sign(earlier);
  }

  /** Which of the founders this is. */
  get organisation(): string {
    return this.#joining.organisation;
  }

  /** What the others are shown. */
  statement(): FounderStatement {
    return {
      applicant: applicantOf(this.#joining),
      ...(this.#founding === undefined ? {} : { founding: this.#founding }),
      ...(this.#signature === undefined ? {} : { signature: this.#signature }),
    };
  }

  /** Signs a founding. Throws NodeError `founding-refused` for one that is not as configured, or a second one. */
  sign(founding: Founding, seen: ReadonlyMap<string, Applicant>): void {
    if (this.#founding !== undefined && !same(this.#founding, founding)) {
      throw new NodeError(
        'founding-refused',
        'This organisation has signed another founding already: agree on one, and remove founding.json where it is not that one.',
      );
    }
    const objection = foundingObjection(founding, this.#configured, seen);
    if (objection !== undefined) {
      throw new NodeError('founding-refused', `The proposed founding was not signed: ${objection}.`);
    }
    if (this.#founding === undefined) this.#keep(founding);
    this.#founding = founding;
    this.#signature = this.#sign(founding);
  }

  /** Proposes a founding of everybody seen, unless one was proposed before, and signs it. */
  propose(ledger: string, seen: ReadonlyMap<string, Applicant>): void {
    this.sign(this.#founding ?? { ledger, founders: founderOrder([...seen.values()]) }, seen);
  }

  #sign({ ledger, founders }: Founding): string {
    return signFounding(ledger, founders, this.#joining).signature;
  }
}
