import { FhirError } from './errors.ts';
import type { Interaction } from './interaction.ts';
import type { FhirServices } from './services.ts';
import type { Trail } from './trail.ts';

/** How often an answer is made anew because something was withdrawn meanwhile. */
const MAX_ATTEMPTS = 4; // a patient revokes one consent at a time
/** A request that took longer shows its token again before it is answered. */
const TOKEN_RECHECK_MS = 250; // below, it cannot be told from one that was answered before the token was called back

/** Whether an interaction only shows what there is, so that it can be done again. */
export function isReading(services: FhirServices, interaction: Interaction | undefined): boolean {
  switch (interaction?.kind) {
    case 'read':
    case 'vread':
    case 'search':
    case 'page':
    case 'history':
      return true;
    case 'operation':
      return services.operations.some(({ name, affectsState }) => name === interaction.name && !affectsState);
    default:
      return false;
  }
}

/** One request from its beginning to its answer: whether what it was permitted still is. */
export class OvertakenCheck {
  readonly #services: FhirServices;
  readonly #sinceMs = performance.now();
  #count: number;
  #attempts = 0;

  constructor(services: FhirServices) {
    this.#services = services;
    this.#count = services.withdrawals?.count ?? 0;
  }

  /**
   * True when something that the answer may rest on was withdrawn while it was made: it is to be made anew. Throws FhirError `busy` when
   * that happened too often.
   */
  isOvertaken({ patients }: Pick<Trail, 'patients'>): boolean {
    const { withdrawals } = this.#services;
    if (withdrawals === undefined || !withdrawals.since(this.#count, patients)) return false;
    this.#count = withdrawals.count;
    this.#attempts += 1;
    if (this.#attempts >= MAX_ATTEMPTS)
      throw new FhirError('busy', 'The permissions for this record keep changing: ask again.');
    return true;
  }

  /** Shows the token of a long request again. Rejects as authentication does when it was called back or has expired. */
  async requireToken(authorization: string | undefined): Promise<void> {
    if (performance.now() - this.#sinceMs > TOKEN_RECHECK_MS)
      await this.#services.authenticate(authorization);
  }
}
