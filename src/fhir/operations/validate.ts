import { type JsonObject, parseJsonKeepingDigits } from '../../proof/index.ts';
import { reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { allOk, operationOutcome } from '../outcome.ts';
import { type Prepared, parsed, validationIssues } from '../prepared.ts';

/** Modes of validation that ask for what is done here; `delete` asks for something else. */
const MODES: readonly unknown[] = [undefined, 'create', 'update'];

function unsupported(expression: string): FhirError {
  return new FhirError(
    'search-unsupported',
    '$validate checks against FHIR R4 itself, for create and update.',
    {
      expression,
    },
  );
}

/** Throws FhirError for what is asked beside the resource and cannot be answered: a profile, another mode. */
function requireAnswerable(name: string, value: unknown): void {
  const isKnown = name === '_format' || name === '_pretty' || (name === 'mode' && MODES.includes(value));
  if (!isKnown) throw unsupported(name.slice(0, 100));
}

/** The resource inside a Parameters body (FHIR R4 §resource-operation-validate, parameter `resource`), digits kept. */
function resourceParameter({ text }: Prepared): string {
  const { parameter } = parseJsonKeepingDigits(text) as JsonObject;
  let found: unknown;
  for (const each of Array.isArray(parameter) ? parameter : []) {
    const { name, resource, valueCode } = (each ?? {}) as JsonObject;
    if (name === 'resource') found = resource;
    else requireAnswerable(String(name), valueCode);
  }
  if (found === undefined)
    throw new FhirError('invalid', 'Parameters holds no resource.', { expression: 'Parameters.parameter' });
  return JSON.stringify(found);
}

async function validateResource(context: Context, call: OperationCall): Promise<Answer> {
  for (const [name, value] of call.query) requireAnswerable(name, value);
  if (call.body === '')
    throw new FhirError('invalid', '$validate needs a resource, or Parameters with one named "resource".');
  const outer = parsed(call.body);
  const isWrapped = outer.type === 'Parameters' && call.type !== 'Parameters';
  const prepared = isWrapped ? parsed(resourceParameter(outer)) : outer;
  reachOf(context.principal, call.type ?? prepared.type, 'c');
  const issues = validationIssues(prepared);
  if (call.type !== undefined && prepared.type !== call.type) {
    issues.push({
      severity: 'error',
      type: 'value',
      code: 'type-mismatch',
      message: `This is a ${prepared.type}.`,
      expression: 'resourceType',
    });
  }
  const text = issues.length === 0 ? allOk('The resource is valid FHIR R4.') : operationOutcome(issues);
  return { status: 200, body: text, headers: {} };
}

/** `$validate` (FHIR R4 §resource-operation-validate): always 200 with an OperationOutcome; stores nothing. */
export const validateOperation: Operation = {
  name: 'validate',
  levels: ['type', 'instance'],
  types: [],
  affectsState: true,
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  perform: validateResource,
};
