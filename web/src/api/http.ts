/** A request that the node refused, in its own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Of a step of a consent that another one overtook: the sequence to sign instead. */
  readonly nextSequence: number | undefined;

  constructor(status: number, code: string, message: string, nextSequence?: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.nextSequence = nextSequence;
  }
}

interface Refusal {
  code?: string;
  detail?: string;
  nextSequence?: number;
  issue?: { details?: { text?: string; coding?: { code?: string }[] } }[];
}

async function refusalOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Refusal;
  const issue = body.issue?.[0]?.details;
  const code = body.code ?? issue?.coding?.[0]?.code ?? 'unknown';
  return new ApiError(
    response.status,
    code,
    body.detail ?? issue?.text ?? `The node answered ${response.status}.`,
    body.nextSequence,
  );
}

/** What a request carries beside its path. */
export interface RequestOptions {
  token?: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  body?: unknown;
  accept?: string;
}

/** Asks the node. Throws ApiError for a refusal and for a node that is not there. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { token, method = 'GET', body, accept = 'application/json' } = options;
  const headers: Record<string, string> = { accept };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiError(0, 'unreachable', 'The node cannot be reached. Is it running?');
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/** A JSON answer. */
export async function json<T>(path: string, options?: RequestOptions): Promise<T> {
  return (await (await request(path, options)).json()) as T;
}

/** A text answer. */
export async function text(path: string, options?: RequestOptions): Promise<string> {
  return (await request(path, { accept: 'text/plain', ...options })).text();
}
