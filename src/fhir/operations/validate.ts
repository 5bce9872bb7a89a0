import type { Resource } from '../../r4/index.ts';
import { reachOf } from '../access.ts';
import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { allOk, operationOutcome } from '../outcome.ts';
import { parsed, validationIssues } from '../prepared.ts';

/** The resource inside a Parameters body (FHIR R4 §resource-operation-validate, parameter `resource`). */
function resourceParameter(parameters: Resource): string {
  const list = parameters.parameter as { name?: string; resource?: unknown }[] | undefined;
  const found = Array.isArray(list)
    ? list.find((parameter) => parameter.name === 'resource')?.resource
    : undefined;
  if (found === undefined)
    throw new FhirError('invalid', 'Parameters holds no resource.', { expression: 'Parameters.parameter' });
  return JSON.stringify(found);
}

async function validateResource(context: Context, call: OperationCall): Promise<Answer> {
  if (call.body === '')
    throw new FhirError('invalid', '$validate needs a resource, or Parameters with one named "resource".');
  const outer = parsed(call.body);
  const prepared = outer.type === 'Parameters' ? parsed(resourceParameter(outer.resource)) : outer;
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
