import { randomId } from '../../crypto/index.ts';
import { elementsOf, type Search, type SummaryMode, summaryOf } from '../../r4/index.ts';
import type { EventWrite, StoredVersion } from '../../vault/index.ts';
import type { Context } from '../context.ts';

/** A version as it is released: whole, or a part of it that has an event of its own. */
export interface Release {
  readonly text: string;
  /** Present for a partial release (FORMATS §2): what was sent, naming the source version. */
  readonly event?: EventWrite & { id: string };
}

/** The mode in which `_summary` cuts versions; undefined when it releases them whole. */
function summaryMode({ summary }: Search): SummaryMode | undefined {
  return summary === 'true' || summary === 'text' || summary === 'data' ? summary : undefined;
}

/** Applies `_summary` or `_elements`; the result is tagged SUBSETTED and becomes the content of a `disclosure` event. */
export function release(context: Context, search: Search, stored: StoredVersion & { text: string }): Release {
  const mode = summaryMode(search);
  if (search.elements === undefined && mode === undefined) return { text: stored.text };
  const text =
    search.elements === undefined && mode !== undefined
      ? summaryOf(stored.text, mode)
      : elementsOf(stored.text, search.elements ?? []);
  const event = {
    id: randomId(),
    kind: 'disclosure',
    object: `${stored.type}/${stored.id}/_history/${stored.version}`,
    actor: context.principal.id,
    time: context.time.toISOString(),
    content: { text, sourceKey: { type: stored.type, id: stored.id } },
  };
  return { text, event };
}
