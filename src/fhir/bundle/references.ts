import { isResourceType, rewriteReferences } from '../../r4/index.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { type Prepared, parsed } from '../prepared.ts';
import { condition } from '../search/criteria.ts';
import { matchOne } from '../search/match-one.ts';

/** `Type?criteria`: a reference to whatever the criteria match (FHIR R4 §transaction conditional references). */
const CONDITIONAL = /^([A-Za-z]+)\?(.+)$/s;
/** A RESTful fullUrl: against its base the entry's relative references are read (FHIR R4 §bundle references). */
const RESTFUL = /^(https?:\/\/\S+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;

function conditionalReferences({ text }: Prepared): string[] {
  const found: string[] = [];
  rewriteReferences(text, (link, kind) => {
    if (kind === 'reference' && CONDITIONAL.test(link)) found.push(link);
    return undefined;
  });
  return found;
}

/** Where references of one Bundle lead: fullUrls of its entries, and conditional references resolved once each. */
export class ReferenceTable {
  readonly #targets = new Map<string, string>();

  /** Entry `fullUrl` → `Type/id` it will have. Throws FhirError `invalid` for one that was added before. */
  add(fullUrl: string, target: string): void {
    if (this.#targets.has(fullUrl))
      throw new FhirError('invalid', 'Two entries have the same fullUrl.', { expression: 'request' });
    this.#targets.set(fullUrl, target);
  }

  /** Finds the target of each conditional reference. Throws FhirError unless exactly one resource matches. */
  async resolveConditional(context: Context, resources: readonly Prepared[]): Promise<void> {
    for (const reference of new Set(resources.flatMap(conditionalReferences))) {
      if (this.#targets.has(reference)) continue;
      const [, type = '', criteria = ''] = CONDITIONAL.exec(reference) ?? [];
      if (!isResourceType(type))
        throw new FhirError('reference-unresolved', 'A conditional reference names no resource type.');
      const match = await matchOne(context, condition(context, type, criteria));
      if (match === undefined)
        throw new FhirError('reference-unresolved', `A conditional reference to ${type} matches nothing.`);
      this.#targets.set(reference, `${type}/${match.id}`);
    }
  }

  /** As {@link rewrite}, leaving alone what is not known: a resource by itself may refer to anything. */
  rewriteKnown(prepared: Prepared): Prepared {
    const text = rewriteReferences(prepared.text, (reference) => this.#targets.get(reference));
    return text === prepared.text ? prepared : parsed(text);
  }

  /** The resource of an entry with its references rewritten. Throws FhirError for a `urn:uuid:` that no entry has. */
  rewrite(prepared: Prepared, fullUrl: string | undefined): Prepared {
    const base = fullUrl === undefined ? undefined : RESTFUL.exec(fullUrl)?.[1];
    let isMissing = false;
    const text = rewriteReferences(prepared.text, (link, kind) => {
      const target = this.#targets.get(link);
      if (target !== undefined || kind !== 'reference') return target;
      if (link.startsWith('urn:uuid:')) isMissing = true;
      return base !== undefined && RELATIVE.test(link) ? this.#targets.get(`${base}/${link}`) : undefined;
    });
    if (isMissing)
      throw new FhirError(
        'reference-unresolved',
        'A reference names an entry that the Bundle does not have.',
        { expression: prepared.type },
      );
    return text === prepared.text ? prepared : parsed(text);
  }
}
