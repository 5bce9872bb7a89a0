import { reachOf } from '../access.ts';
import { bundleRequest } from '../bundle/bundle-request.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { writeImported } from '../interactions/import-resource.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { executeBundle } from '../perform.ts';
import { parsed } from '../prepared.ts';

/** Counts of one imported unit, as Parameters (FHIR R4 §parameters). */
function counts(stored: number, unchanged: number): Answer {
  const parameter = [
    { name: 'stored', valueInteger: stored },
    { name: 'unchanged', valueInteger: unchanged },
  ];
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }), headers: {} };
}

const versionsOn = (context: Context): number =>
  [...context.trail.objects].filter((object) => object.includes('/_history/')).length;

async function importBundle(context: Context, body: string): Promise<Answer> {
  const { raw } = bundleRequest(body);
  const answer = await executeBundle(context, body);
  const refused = /"status":"[45]\d\d/.exec(answer.body ?? '');
  if (refused !== null)
    throw new FhirError('invalid', 'An entry of the batch was refused.', { expression: 'Bundle.entry' });
  const stored = versionsOn(context);
  return counts(stored, raw.length - stored);
}

async function importResource(context: Context, body: string): Promise<Answer> {
  await writeImported(context, parsed(body));
  const stored = versionsOn(context);
  return counts(stored, 1 - stored);
}

async function importUnit(context: Context, call: OperationCall): Promise<Answer> {
  reachOf(context.principal, '*', 'c');
  reachOf(context.principal, '*', 'u');
  const importing = { ...context, importing: true };
  const storeBundles = call.query.some(([name, value]) => name === 'store-bundles' && value === 'true');
  const isExecutable =
    /"type"\s*:\s*"(transaction|batch)"/.test(call.body) &&
    parsed(call.body).resource.resourceType === 'Bundle';
  return isExecutable && !storeBundles
    ? importBundle(importing, call.body)
    : importResource(importing, call.body);
}

/**
 * `$import`: one unit of `holdfast import` (FORMATS §7). A resource is written under its own id, equal content adds no
 * version; a transaction or batch Bundle is executed unless `store-bundles=true`. Needs `system/*.cu`.
 */
export const importOperation: Operation = {
  name: 'import',
  levels: ['system'],
  types: [],
  affectsState: true,
  definition: 'urn:holdfast:operation:import',
  perform: importUnit,
};
