import { type Context, disclose, reachWithin } from '../fhir/index.ts';
import type { ReceiptedVersion } from './record-receipts.ts';

/**
 * What may leave as things stand at this moment, noted on the context's trail; `changed` when something else of a version must be
 * left out by now than was, so that it cannot leave as it is.
 */
export function stillPermitted(
  context: Context,
  records: readonly ReceiptedVersion[],
): { readonly left: readonly ReceiptedVersion[]; readonly changed: boolean } {
  let changed = false;
  const left = records.filter(({ stored }) => {
    const reach = reachWithin(context.principal, stored.type, 'r');
    const shown = reach === undefined ? undefined : disclose(context, reach, stored.whole ?? stored);
    if (shown === undefined) return false;
    if (shown.text !== stored.text) changed = true;
    return shown.text === stored.text;
  });
  return { left, changed };
}
