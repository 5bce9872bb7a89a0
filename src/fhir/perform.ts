import { bundleRequest, type EntryRequest, entryRequest } from './bundle/bundle-request.ts';
import { refusedAnswer, responseBundle } from './bundle/response.ts';
import { transaction } from './bundle/transaction.ts';
import { capabilities } from './capabilities.ts';
import type { Answer, ConditionalHeaders, Context } from './context.ts';
import { FhirError } from './errors.ts';
import type { Interaction, Query } from './interaction.ts';
import { create } from './interactions/create.ts';
import { remove } from './interactions/delete.ts';
import { history } from './interactions/history.ts';
import { read } from './interactions/read.ts';
import { search } from './interactions/search.ts';
import { conditionalUpdate, update } from './interactions/update.ts';
import { performOperation } from './operations/dispatch.ts';
import { openPage } from './search/paging.ts';
import { asFhirError } from './translate.ts';

/** A parsed request below the FHIR base. */
export interface FhirRequest {
  readonly interaction: Interaction;
  readonly method: string;
  readonly query: Query;
  readonly criteria: string;
  readonly accept: string | undefined;
  readonly body: string;
}

async function page(context: Context, query: Query): Promise<Answer> {
  const token = query.find(([name]) => name === '_page')?.[1] ?? '';
  const { kind, type, id, query: original, cursor } = openPage(context, token);
  if (kind === 'search' && type !== undefined) return search(context, type, original, cursor);
  if (kind === 'history' && type !== undefined)
    return history(context, id === undefined ? { type } : { type, id }, original, cursor);
  const call = {
    type,
    id,
    version: undefined,
    method: 'GET',
    query: [...original, ['_cursor', cursor] as const],
    accept: undefined,
    body: '',
  };
  return performOperation(context, 'everything', call);
}

/** Does what one request asks for. Throws FhirError, or the error of a lower room, when it refuses. */
export async function perform(context: Context, request: FhirRequest): Promise<Answer> {
  const { interaction, query, body } = request;
  if ('type' in interaction) context.trail.type = interaction.type;
  switch (interaction.kind) {
    case 'capabilities':
      return capabilities(context.services);
    case 'read':
      return read(context, interaction.type, interaction.id);
    case 'vread':
      return read(context, interaction.type, interaction.id, interaction.version);
    case 'create':
      return create(context, interaction.type, body);
    case 'update':
      return update(context, interaction.type, interaction.id, body);
    case 'conditional-update':
      return conditionalUpdate(context, interaction.type, request.criteria, body);
    case 'delete':
      return remove(context, interaction.type, interaction.id);
    case 'search':
      return search(context, interaction.type, query);
    case 'page':
      return page(context, query);
    case 'history':
      if (interaction.type === undefined)
        throw new FhirError('method-not-allowed', 'History of the whole system is not offered.');
      return history(
        context,
        interaction.id === undefined
          ? { type: interaction.type }
          : { type: interaction.type, id: interaction.id },
        query,
      );
    case 'bundle':
      return executeBundle(context, body);
    case 'operation': {
      const { name, type, id, version } = interaction;
      return performOperation(context, name, {
        type,
        id,
        version,
        method: request.method,
        query,
        accept: request.accept,
        body,
      });
    }
  }
}

/** Executes a transaction or batch Bundle, given as text or parsed before. */
export async function executeBundle(
  context: Context,
  body: string | ReturnType<typeof bundleRequest>,
): Promise<Answer> {
  const { type, raw } = typeof body === 'string' ? bundleRequest(body) : body;
  if (type === 'batch') {
    context.trail.subtype = 'batch';
    const answers: Answer[] = [];
    for (const [index, entry] of raw.entries())
      answers.push(await answerEntry(context, () => entryRequest(entry, index)));
    context.trail.action = 'E';
    context.trail.subtype = 'batch';
    context.trail.committed = false;
    return responseBundle('batch-response', answers);
  }
  const entries = raw.map(entryRequest);
  const conditions = entries.flatMap((entry) =>
    entry.ifNoneExist === undefined ? [] : [`${typeOf(entry)}?${entry.ifNoneExist}`],
  );
  return exclusively(context, [...new Set(conditions)].sort(), () =>
    transaction(context, entries, (entry) => performEntry(context, entry)),
  );
}

const typeOf = (entry: EntryRequest): string =>
  'type' in entry.interaction ? (entry.interaction.type ?? '') : '';

/** Takes the names in order, so that two Bundles never wait for each other in a circle. */
function exclusively<T>(context: Context, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const [first, ...rest] = names;
  if (first === undefined) return work();
  return context.services.conditions.exclusively(first, () => exclusively(context, rest, work));
}

/** A batch entry stands alone: its refusal is its own answer (FHIR R4 §http-batch). */
async function answerEntry(context: Context, parse: () => EntryRequest): Promise<Answer> {
  try {
    return await performEntry(context, parse());
  } catch (error) {
    return refusedAnswer(asFhirError(error, context));
  }
}

function performEntry(context: Context, entry: EntryRequest): Promise<Answer> {
  if (entry.interaction.kind === 'bundle' || entry.interaction.kind === 'page') {
    throw new FhirError('invalid', 'A Bundle entry cannot hold another Bundle or a page.');
  }
  const headers: ConditionalHeaders = {};
  if (entry.ifMatch !== undefined) headers.ifMatch = entry.ifMatch;
  if (entry.ifNoneExist !== undefined) headers.ifNoneExist = entry.ifNoneExist;
  if (entry.ifNoneMatch !== undefined) headers.ifNoneMatch = entry.ifNoneMatch;
  const { interaction, method, query, criteria, body = '' } = entry;
  return perform({ ...context, headers }, { interaction, method, query, criteria, accept: undefined, body });
}
