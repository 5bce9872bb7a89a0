import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Operation, OperationCall } from '../operation.ts';

function levelOf(call: OperationCall): Operation['levels'][number] {
  if (call.version !== undefined) return 'version';
  if (call.id !== undefined) return 'instance';
  return call.type === undefined ? 'system' : 'type';
}

/** Finds the operation where it may be called and performs it. Throws FhirError `unknown-operation` or `method-not-allowed`. */
export async function performOperation(context: Context, name: string, call: OperationCall): Promise<Answer> {
  const operation = context.services.operations.find((each) => each.name === name);
  const typed =
    operation !== undefined &&
    (operation.types.length === 0 || (call.type !== undefined && operation.types.includes(call.type)));
  if (operation === undefined || !typed || !operation.levels.includes(levelOf(call))) {
    throw new FhirError('unknown-operation', 'There is no such operation here.');
  }
  if (
    call.method !== 'POST' &&
    (operation.affectsState || (call.method !== 'GET' && call.method !== 'HEAD'))
  ) {
    throw new FhirError('method-not-allowed', `$${name} is not offered with ${call.method}.`);
  }
  context.trail.action = 'E';
  context.trail.subtype = name;
  return operation.perform(context, call);
}
