import { z } from 'zod';
import { boundedText } from '../bounded-text.ts';
import type { MembershipView } from '../network/membership-view.ts';

/** A name may change, seldom. */
const KEEP_MS = 24 * 60 * 60_000;
/** A member that does not answer at once is asked again in the next round. */
const ANSWER_TIMEOUT_MS = 3_000;
/** Longest answer: it lists up to 64 organisations. */
const MAX_ANSWER_BYTES = 256 * 1024;

/** What is read of `/.well-known/holdfast` (FORMATS §6). */
const described = z.object({
  organisations: z.array(z.object({ id: z.string(), name: z.string().min(1).max(200) })).max(1_000),
});

/**
 * Names of members that run elsewhere, as each says of itself: an accounting of disclosures names its recipients (45 CFR
 * 164.528(b)(2)(ii)), and the ledger holds ids alone.
 */
export class MemberNames {
  readonly #view: Pick<MembershipView, 'members'>;
  readonly #isHere: (organisation: string) => boolean;
  readonly #known = new Map<string, { readonly name: string; readonly atMs: number }>();

  /** `isHere` is true of those whose names the configuration has. */
  constructor(view: Pick<MembershipView, 'members'>, isHere: (organisation: string) => boolean) {
    this.#view = view;
    this.#isHere = isHere;
  }

  /** A member's name; undefined while it was not heard. */
  nameOf(organisation: string): string | undefined {
    return this.#known.get(organisation)?.name;
  }

  /** Asks those whose names are not known, or were heard long ago. Never throws: who does not answer is asked again. */
  async round(): Promise<void> {
    const nowMs = performance.now();
    const wanted = this.#view
      .members()
      .filter(({ organisation, status }) => status === 'active' && !this.#isHere(organisation))
      .filter(({ organisation }) => nowMs - (this.#known.get(organisation)?.atMs ?? -KEEP_MS) >= KEEP_MS);
    await Promise.all(
      wanted.map(async ({ organisation, address }) => {
        const name = await nameAt(address.url, organisation).catch(() => undefined);
        if (name !== undefined) this.#known.set(organisation, { name, atMs: nowMs });
      }),
    );
  }
}

async function nameAt(url: string, organisation: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/.well-known/holdfast`, {
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    return undefined;
  }
  const text = await boundedText(answer, MAX_ANSWER_BYTES);
  if (text === undefined) return undefined;
  const { organisations } = described.parse(JSON.parse(text));
  return organisations.find(({ id }) => id === organisation)?.name;
}
