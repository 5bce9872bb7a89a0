import { randomId } from '../../crypto/index.ts';
import { ReferenceTable } from '../bundle/references.ts';
import type { Answer, Context } from '../context.ts';
import { type Prepared, requireValid } from '../prepared.ts';
import { performWrite } from '../write-plan.ts';
import { planUpdate } from './update.ts';

/** Writes an imported resource under its own id, conditional references resolved; equal content adds no version (FORMATS §7). */
export async function writeImported(context: Context, given: Prepared): Promise<Answer> {
  const references = new ReferenceTable();
  await references.resolveConditional(context, [given]);
  const prepared = references.rewriteKnown(given);
  requireValid(prepared);
  return performWrite(context, planUpdate(context, prepared, prepared.resource.id ?? randomId(), {}));
}
