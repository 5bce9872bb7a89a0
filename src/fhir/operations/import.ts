import { allowedBy } from '../../identity/index.ts';
import { bundleRequest } from '../bundle/bundle-request.ts';
import { executeBundle } from '../bundle/execute.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { writeImported } from '../interactions/import-resource.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { performEntry } from '../perform.ts';
import { type Prepared, parsed } from '../prepared.ts';
import { single } from '../query.ts';

/** JSON text of one parameter of the answer. */
type Part = string;

const countPart = (name: string, value: number): Part => JSON.stringify({ name, valueInteger: value });

/** What came of one imported unit, as Parameters (FHIR R4 §parameters): counts, and the entries of a batch that were refused. */
function report(stored: number, unchanged: number, refused: readonly Part[]): Answer {
  const parts = [countPart('stored', stored), countPart('unchanged', unchanged), ...refused];
  const body = `{"resourceType":"Parameters","parameter":[${parts.join(',')}]}`;
  return { status: 200, body, headers: {} };
}

const storedBy = ({ trail }: Context): number =>
  [...trail.objects].filter((object) => object.includes('/_history/')).length;

function refusedPart(index: number, { body }: Answer): Part {
  return `{"name":"refused","part":[{"name":"entry","valueInteger":${index}},{"name":"outcome","resource":${body}}]}`;
}

async function importBundle(context: Context, unit: Prepared): Promise<Answer> {
  const answers = await executeBundle(context, bundleRequest(unit), performEntry);
  context.trail.subtype = 'import';
  const refused = answers.flatMap((answer, index) =>
    answer.status >= 400 ? [refusedPart(index, answer)] : [],
  );
  const stored = storedBy(context);
  return report(stored, answers.length - refused.length - stored, refused);
}

async function importResource(context: Context, unit: Prepared): Promise<Answer> {
  await writeImported(context, unit);
  const stored = storedBy(context);
  return report(stored, 1 - stored, []);
}

/** What an import brings is the organisation's: a token for one patient, or for a person, does not do. */
function requireImporter({ principal }: Context): void {
  const may = (permission: 'c' | 'u') => allowedBy(principal.scopes, '*', permission)?.system === true;
  if (principal.kind === 'patient' || !may('c') || !may('u'))
    throw new FhirError('not-permitted', '$import needs the scope system/*.cu.');
}

async function importUnit(context: Context, call: OperationCall): Promise<Answer> {
  requireImporter(context);
  const storesBundles = single(call.query, 'store-bundles') === 'true';
  const unit = parsed(call.body);
  const isExecutable =
    unit.type === 'Bundle' && (unit.resource.type === 'transaction' || unit.resource.type === 'batch');
  const importing = { ...context, importing: true };
  return isExecutable && !storesBundles ? importBundle(importing, unit) : importResource(importing, unit);
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
  alone: true,
  definition: 'urn:holdfast:operation:import',
  perform: importUnit,
};
