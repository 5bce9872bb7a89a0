import { decidableFacts, highWaterMark, type LabelCoding } from '../consent/index.ts';
import { randomId } from '../crypto/index.ts';
import {
  decisionFacts,
  elementsOf,
  parseResource,
  type Search,
  type SummaryMode,
  summaryOf,
} from '../r4/index.ts';
import type { EventWrite } from '../vault/index.ts';
import type { Shown } from './access.ts';
import type { BundleEntry } from './bundle/bundle-text.ts';
import type { Context } from './context.ts';
import { RECEIPT_TYPE } from './media-type.ts';

/** Names the receipt of a release on an entry (FORMATS §6). */
export const RECEIPT_EXTENSION = 'urn:holdfast:receipt';

/** Which part of a version was asked for. */
export type Subset = Pick<Search, 'elements' | 'summary'>;

/** A version as it is released: whole, or a part of it that has an event of its own. */
export interface Release {
  readonly text: string;
  /** Present for a partial release (FORMATS §2): what was sent, naming the source version. */
  readonly event?: EventWrite & { readonly id: string };
}

/** The mode in which `_summary` cuts versions; undefined when it releases them whole. */
function summaryMode({ summary }: Subset): SummaryMode | undefined {
  return summary === 'true' || summary === 'text' || summary === 'data' ? summary : undefined;
}

function partOf(text: string, subset: Subset): string {
  const mode = summaryMode(subset);
  if (subset.elements !== undefined) return elementsOf(text, subset.elements);
  return mode === undefined ? text : summaryOf(text, mode);
}

/**
 * What goes out of a version: whole as it is stored, or in part, tagged SUBSETTED or REDACTED, which becomes the content of a
 * `disclosure` event. The event is committed before the answer.
 */
export function release(context: Context, shown: Shown & { text: string }, subset: Subset): Release {
  const isCut = subset.elements !== undefined || summaryMode(subset) !== undefined;
  if (!isCut && shown.redacted !== true) return { text: shown.text };
  const { type, id, version } = shown;
  const text = partOf(shown.text, subset);
  const event = {
    id: randomId(),
    kind: 'disclosure',
    object: `${type}/${id}/_history/${version}`,
    actor: context.principal.id,
    time: context.time.toISOString(),
    content: { text, sourceKey: { type, id } },
  };
  return { text, event };
}

/** The labels of what is shown of a version, those of its parts as well: what was left out of it must not be told by them. */
export function labelsOf({ services }: Context, shown: Shown & { text: string }): readonly string[] {
  const facts = shown.redacted === true ? decisionFacts(parseResource(shown.text).resource) : shown.facts;
  const { labels, parts = [] } = decidableFacts(services.policy.labels, facts);
  return [...labels, ...parts.flatMap((part) => part.labels)];
}

/** Where the receipt of a partial release is. */
export function receiptUrl({ services }: Context, event: { id: string; object: string }): string {
  return `${services.baseUrl}/${event.object}/$receipt?disclosure=${event.id}`;
}

/** Entries of a Bundle under way, with the events that their partial releases add. */
export class Releases {
  readonly entries: BundleEntry[] = [];
  readonly events: EventWrite[] = [];
  readonly #context: Context;
  readonly #labels: (readonly string[])[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** The labels of all that was added. */
  get labels(): readonly string[] {
    return [...new Set(this.#labels.flat())];
  }

  /** The highest of them: `Bundle.meta.security` (FHIR R4 §security-labels). */
  get security(): readonly LabelCoding[] {
    return highWaterMark(this.#labels);
  }

  /** Adds a version. `extra` are further members of the entry, as JSON text. A version without content has no resource. */
  add(shown: Shown, subset: Subset, entry: Omit<BundleEntry, 'fullUrl' | 'resource'>): void {
    const fullUrl = `${this.#context.services.baseUrl}/${shown.type}/${shown.id}`;
    if (shown.text === undefined) {
      this.entries.push({ fullUrl, ...entry });
      return;
    }
    this.#labels.push(labelsOf(this.#context, { ...shown, text: shown.text }));
    const { text, event } = release(this.#context, { ...shown, text: shown.text }, subset);
    if (event === undefined) {
      this.entries.push({ fullUrl, resource: text, ...entry });
      return;
    }
    this.events.push(event);
    const valueAttachment = { contentType: RECEIPT_TYPE, url: receiptUrl(this.#context, event) };
    const extension = `"extension":${JSON.stringify([{ url: RECEIPT_EXTENSION, valueAttachment }])}`;
    const extra = entry.extra === undefined ? extension : `${entry.extra},${extension}`;
    this.entries.push({ fullUrl, resource: text, ...entry, extra });
  }
}
