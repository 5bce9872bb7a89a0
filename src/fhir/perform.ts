import { bundleRequest } from './bundle/bundle-request.ts';
import { executeBundle } from './bundle/execute.ts';
import { type AnswerEntry, responseBundle } from './bundle/response.ts';
import { capabilities } from './capabilities.ts';
import type { Answer, Context } from './context.ts';
import type { Interaction } from './interaction.ts';
import { create } from './interactions/create.ts';
import { remove } from './interactions/delete.ts';
import { history } from './interactions/history.ts';
import { read } from './interactions/read.ts';
import { search } from './interactions/search.ts';
import { conditionalUpdate, update } from './interactions/update.ts';
import { performOperation } from './operations/dispatch.ts';
import { everythingPage } from './operations/everything.ts';
import { parsed } from './prepared.ts';
import type { Query } from './query.ts';
import { openPage } from './search/paging.ts';
import { nameRequest } from './trail.ts';

/** A parsed request below the FHIR base. */
export interface FhirRequest {
  readonly interaction: Interaction;
  readonly method: string;
  readonly query: Query;
  /** The query as text, for conditional interactions. */
  readonly criteria: string;
  readonly accept: string | undefined;
  readonly body: string;
}

/** The next page of something that was asked before: under its own name in the trail, and decided anew. */
async function page(context: Context, token: string): Promise<Answer> {
  const { kind, type, id, query, cursor } = openPage(context, token);
  const { trail } = context;
  switch (kind) {
    case 'search':
      nameRequest(trail, { kind, type });
      return search(context, type, query, cursor);
    case 'history': {
      const scope = id === undefined ? { type } : { type, id };
      nameRequest(trail, { kind, ...scope });
      return history(context, scope, query, cursor);
    }
    case 'everything':
      nameRequest(trail, { kind: 'operation', name: kind, type });
      trail.subtype = kind;
      return everythingPage(context, id ?? '', query, cursor);
  }
}

/** Does what one request asks for. Throws FhirError, or the error of a lower room, when it refuses. */
export function perform(context: Context, request: FhirRequest): Promise<Answer> {
  const { interaction, query, body } = request;
  switch (interaction.kind) {
    case 'capabilities':
      return Promise.resolve(capabilities(context.services));
    case 'read':
    case 'vread':
      return read(context, interaction, query);
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
      return page(context, interaction.token);
    case 'history':
      return history(context, interaction, query);
    case 'bundle':
      return bundle(context, body);
    case 'operation': {
      const { type, id, version } = interaction;
      const { method, accept } = request;
      return performOperation(context, interaction, { type, id, version, method, query, accept, body });
    }
  }
}

async function bundle(context: Context, body: string): Promise<Answer> {
  const asked = bundleRequest(parsed(body));
  return responseBundle(asked.type, await executeBundle(context, asked, performEntry));
}

/** Answers one entry of a Bundle as if it were a request of its own. */
export const performEntry: AnswerEntry = (context, { interaction, method, query, criteria, body = '' }) =>
  perform(context, { interaction, method, query, criteria, accept: undefined, body });
