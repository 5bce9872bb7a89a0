import { reachOf } from '../access.ts';
import { bundleRequest } from '../bundle/bundle-request.ts';
import type { Answer, Context } from '../context.ts';
import { writeImported } from '../interactions/import-resource.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { executeBundle } from '../perform.ts';
import { parsed } from '../prepared.ts';

/** Counts of one imported unit, as Parameters (FHIR R4 §parameters); `refused` are the entries of a batch that were. */
function counts(stored: number, unchanged: number, refused: readonly RefusedEntry[] = []): Answer {
  const parameter = [
    { name: 'stored', valueInteger: stored },
    { name: 'unchanged', valueInteger: unchanged },
    ...refused.map(({ entry, outcome }) => {
      const part = [
        { name: 'entry', valueInteger: entry },
        { name: 'outcome', resource: outcome },
      ];
      return { name: 'refused', part };
    }),
  ];
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }), headers: {} };
}

/** An entry of a batch that was refused: each stands alone, the others are stored (FHIR R4 §http-batch). */
interface RefusedEntry {
  readonly entry: number;
  readonly outcome: unknown;
}

interface BatchResponse {
  readonly entry?: readonly { readonly response: { readonly status: string; readonly outcome?: unknown } }[];
}

function refusedEntries(answer: Answer): RefusedEntry[] {
  const { entry: entries = [] } = JSON.parse(answer.body ?? '{}') as BatchResponse;
  return entries.flatMap(({ response: { status, outcome } }, entry) =>
    /^[45]/.test(status) ? [{ entry, outcome }] : [],
  );
}

const versionsOn = (context: Context): number =>
  [...context.trail.objects].filter((object) => object.includes('/_history/')).length;

async function importBundle(context: Context, body: string): Promise<Answer> {
  const request = bundleRequest(body);
  const answer = await executeBundle(context, request);
  const refused = request.type === 'batch' ? refusedEntries(answer) : [];
  const stored = versionsOn(context);
  return counts(stored, request.raw.length - stored - refused.length, refused);
}

async function importResource(context: Context, body: string): Promise<Answer> {
  await writeImported(context, parsed(body));
  const stored = versionsOn(context);
  return counts(stored, 1 - stored);
}

/** Whether a body is a Bundle that asks to be executed. Looked at without the strict reading that follows; another body is none. */
function isExecutable(body: string): boolean {
  if (!/"type"\s*:\s*"(transaction|batch)"/.test(body)) return false;
  try {
    const { resourceType, type } = JSON.parse(body) as { resourceType?: unknown; type?: unknown };
    return resourceType === 'Bundle' && (type === 'transaction' || type === 'batch');
  } catch {
    return false;
  }
}

async function importUnit(context: Context, call: OperationCall): Promise<Answer> {
  reachOf(context.principal, '*', 'c');
  reachOf(context.principal, '*', 'u');
  const importing = { ...context, importing: true };
  const storeBundles = call.query.some(([name, value]) => name === 'store-bundles' && value === 'true');
  return !storeBundles && isExecutable(call.body)
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
