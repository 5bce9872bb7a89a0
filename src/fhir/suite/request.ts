import type { AccessClaims } from '../../identity/index.ts';

/** Who asks: claims that differ from those of a client with every scope. */
export type Claims = Partial<AccessClaims>;

/** An answer over HTTP. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: every answer has a form of its own
  readonly json: any;
}

/** How a request is sent. */
export interface Sending {
  /** Null for no token at all. */
  readonly as?: Claims | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** The claims of a client with every scope, with what a test changes. */
export const claimsOf = (claims: Claims): AccessClaims => ({
  sub: 'client',
  client_id: 'client',
  scope: 'system/*.cruds',
  purpose_of_use: ['TREAT'],
  ...claims,
});

/** Sends one request with a body of this type; `bearer` makes the header of who asks. */
export async function sendRequest(
  method: string,
  url: string,
  { as = {}, body, headers = {} }: Sending,
  { bearer, contentType }: { bearer: (claims: Claims) => Promise<string>; contentType: string },
): Promise<Received> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: await bearer(as) }),
      ...(text === undefined ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text as string }),
  });
  const answer = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text: answer,
    get json() {
      return JSON.parse(answer);
    },
  };
}
