import { isResourceType, rewriteReferences } from '../../r4/index.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Prepared } from '../prepared.ts';
import { parsed } from '../prepared.ts';
import { matchOne } from '../search/match-one.ts';

/** `Type?criteria`: a reference to whatever the criteria match (FHIR R4 §transaction conditional references). */
const CONDITIONAL = /^([A-Za-z]+)\?(.+)$/s;

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

  /** Entry `fullUrl` → `Type/id` it will have. */
  add(fullUrl: string, target: string): void {
    if (this.#targets.has(fullUrl)) {
      throw new FhirError('invalid', 'Two entries have the same fullUrl.', {
        expression: 'Bundle.entry.fullUrl',
      });
    }
    this.#targets.set(fullUrl, target);
  }

  /** Finds the target of each conditional reference. Throws FhirError unless exactly one resource matches. */
  async resolveConditional(context: Context, resources: readonly Prepared[]): Promise<void> {
    for (const reference of new Set(resources.flatMap(conditionalReferences))) {
      if (this.#targets.has(reference)) continue;
      const [, type = '', criteria = ''] = CONDITIONAL.exec(reference) ?? [];
      if (!isResourceType(type))
        throw new FhirError('reference-unresolved', 'A conditional reference names no resource type.');
      const match = await matchOne(context, type, criteria);
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

  /** The resource with its references rewritten. Throws FhirError for a `urn:uuid:` that no entry has. */
  rewrite(prepared: Prepared): Prepared {
    let missing: string | undefined;
    const text = rewriteReferences(prepared.text, (reference) => {
      const target = this.#targets.get(reference);
      if (target === undefined && reference.startsWith('urn:uuid:')) missing = reference;
      return target;
    });
    if (missing !== undefined) {
      throw new FhirError(
        'reference-unresolved',
        'A reference names an entry that the Bundle does not have.',
        { expression: prepared.type },
      );
    }
    return text === prepared.text ? prepared : parsed(text);
  }
}
