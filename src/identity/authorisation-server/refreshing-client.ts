import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';

/** A refresh request that names no client holds a grant type, a token and perhaps scopes: anything longer is left as it came. */
const MAX_FORM_BYTES = 8 * 1024; // 200 scopes fit
const FORM = 'application/x-www-form-urlencoded';

/** Members by which a client says who it is; a request with any of them is left as it came. */
const NAMING = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * Names the client of a refresh request that names none, when the token is a public client's. RFC 6749 §6 lets only confidential
 * clients authenticate, and apps on the common SMART library send the token alone; ours refuses a request without `client_id`.
 * The token is bound to its client, so nothing is given that naming it would not give: whoever may hold the token knows its public id.
 */
export async function nameRefreshingClient(raw: IncomingMessage, provider: Provider): Promise<void> {
  const { 'content-type': type = '', 'content-length': length, authorization } = raw.headers;
  const short = length !== undefined && Number(length) <= MAX_FORM_BYTES;
  if (authorization !== undefined || !short || type.split(';')[0]?.trim().toLowerCase() !== FORM) return;
  const chunks: Buffer[] = [];
  for await (const chunk of raw) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const client = await publicClientOf(form, provider);
  replay(raw, client === undefined ? Buffer.concat(chunks) : withClient(form, client));
}

async function publicClientOf(form: URLSearchParams, provider: Provider): Promise<string | undefined> {
  const [token, ...more] = form.getAll('refresh_token');
  const isRefresh = form.getAll('grant_type').join() === 'refresh_token' && more.length === 0;
  if (!isRefresh || token === undefined || NAMING.some((name) => form.has(name))) return undefined;
  // A token that was used is found as well: that it comes again ends what it rests on (RFC 9700 §4.14.2).
  const found = await provider.RefreshToken.find(token);
  const client = found?.clientId === undefined ? undefined : await provider.Client.find(found.clientId);
  return client?.clientAuthMethod === 'none' ? client.clientId : undefined;
}

function withClient(form: URLSearchParams, client: string): Buffer {
  form.set('client_id', client);
  return Buffer.from(form.toString());
}

/** Puts a body that was read back in its place: the library reads it from the request's own stream. */
function replay(raw: IncomingMessage, body: Buffer): void {
  raw.headers['content-length'] = String(body.length);
  Object.defineProperties(raw, {
    readable: { value: true },
    iterator: {
      value: async function* bodyOnce() {
        yield body;
      },
    },
  });
}
