/** A JSON Schema (2020-12), as OpenAPI 3.1 embeds it. */
export type Schema = { readonly [keyword: string]: unknown };

/** An OpenAPI 3.1 Parameter Object. */
export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

/** An OpenAPI 3.1 Media Type Object by media type. */
export type Content = { readonly [mediaType: string]: { readonly schema: Schema } };

/** An OpenAPI 3.1 Response Object. */
export interface ResponseObject {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: { readonly [name: string]: { readonly description: string; readonly schema: Schema } };
}

/** An OpenAPI 3.1 Operation Object. */
export interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly { readonly [scheme: string]: readonly string[] }[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: { readonly [status: string]: ResponseObject };
}

/** An OpenAPI 3.1 Path Item Object. */
export type PathItem = {
  readonly [method in 'get' | 'put' | 'post' | 'delete' | 'patch']?: OperationObject;
};

/** Path Item Objects by path. */
export type Paths = { readonly [path: string]: PathItem };

/** Who may ask: everybody, or whoever shows what the named scheme asks for. */
export type Asker = 'public' | 'bearer' | 'client' | 'member' | 'bearer-or-signature';

const SECURITY: Record<Asker, OperationObject['security']> = {
  public: [],
  bearer: [{ bearer: [] }],
  client: [{ client: [] }],
  member: [{ messageSignature: [] }],
  'bearer-or-signature': [{ bearer: [] }, {}],
};

/** A reference to a schema of the document. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Content of one media type. */
export const content = (mediaType: string, schema: Schema): Content => ({ [mediaType]: { schema } });

/** JSON content. */
export const json = (schema: Schema): Content => content('application/json', schema);

/** Text that is exactly what a specification says, of the media type given. */
export const text = (mediaType = 'text/plain'): Content => content(mediaType, { type: 'string' });

/** A required parameter in the path. */
export const inPath = (name: string, schema: Schema, description?: string): ParameterObject => ({
  name,
  in: 'path',
  required: true,
  schema,
  ...(description === undefined ? {} : { description }),
});

/** An optional parameter in the query. */
export const inQuery = (name: string, schema: Schema, description: string): ParameterObject => ({
  name,
  in: 'query',
  schema,
  description,
});

/** What an operation is made of. `refusals` are the statuses that come with problem details. */
export interface OperationParts {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly asker: Asker;
  readonly parameters?: readonly ParameterObject[];
  readonly body?: Content;
  readonly answers: { readonly [status: string]: readonly [description: string, content?: Content] };
  readonly refusals?: readonly number[];
}

const REFUSALS: { readonly [status: number]: string } = {
  400: 'The request is malformed.',
  401: 'No token, or not a valid one of this organisation.',
  403: 'Known, and not permitted.',
  404: 'There is nothing here.',
  409: 'It does not fit what is there now.',
  410: 'It was erased, or is too long ago.',
  413: 'The body is larger than this route takes.',
  415: 'The body is of another media type than this route takes.',
  422: 'What was sent does not prove what it says, or what is asked for is too costly to find.',
  429: 'Too many requests.',
  503: 'Not now; try again.',
  507: 'The disk is full; reads go on.',
};

/** An Operation Object; refusals are RFC 9457 problem details with a stable `code`. */
export function operation(parts: OperationParts): OperationObject {
  const { id, tag, summary, description, asker, parameters, body, answers, refusals = [] } = parts;
  const responses: Record<string, ResponseObject> = {};
  for (const [status, [words, answer]] of Object.entries(answers)) {
    responses[status] = { description: words, ...(answer === undefined ? {} : { content: answer }) };
  }
  for (const status of refusals) {
    responses[status] = {
      description: REFUSALS[status] ?? 'Refused.',
      content: content('application/problem+json', ref('Problem')),
    };
  }
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: SECURITY[asker],
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: body } }),
    responses,
  };
}
