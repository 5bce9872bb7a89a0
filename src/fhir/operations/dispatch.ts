import type { Answer, Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import type { Operation, OperationCall } from '../operation.ts';

/** Where an operation is called. */
export type OperationTarget = { readonly name: string } & Partial<
  Pick<OperationCall, 'type' | 'id' | 'version'>
>;

function levelOf({ type, id, version }: OperationTarget): Operation['levels'][number] {
  if (version !== undefined) return 'version';
  if (id !== undefined) return 'instance';
  return type === undefined ? 'system' : 'type';
}

/**
 * The operation of that name where it may be called. Throws FhirError `unknown-operation` or `method-not-allowed`; the latter also
 * for one that cannot be an entry of a Bundle.
 */
export function findOperation(
  operations: readonly Operation[],
  target: OperationTarget,
  method: string,
  as: 'request' | 'entry',
): Operation {
  const { name, type } = target;
  const operation = operations.find((each) => each.name === name);
  const isTyped = operation?.types.length === 0 || (type !== undefined && operation?.types.includes(type));
  if (operation === undefined || !isTyped || !operation.levels.includes(levelOf(target)))
    throw new FhirError('unknown-operation', 'There is no such operation here.');
  const isRead = method === 'GET' || method === 'HEAD';
  if (method !== 'POST' && (operation.affectsState || !isRead))
    throw new FhirError('method-not-allowed', `$${name} is not offered with ${method}.`);
  if (as === 'entry' && operation.alone === true)
    throw new FhirError('method-not-allowed', `$${name} is no entry of a Bundle.`);
  return operation;
}

/** Finds the operation where it may be called and performs it. Throws as {@link findOperation}. */
export function performOperation(
  context: Context,
  target: OperationTarget,
  call: OperationCall,
): Promise<Answer> {
  const operation = findOperation(context.services.operations, target, call.method, 'request');
  context.trail.subtype = operation.name;
  return operation.perform(context, call);
}
