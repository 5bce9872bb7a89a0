import { parsePolicy, type Receipt, type ReceiptVerdict, verifyReceipt } from '../../../src/proof/index.ts';
import { nativePrimitives } from '../../interop/native.ts';
import { type Answer, send } from './http.ts';
import { until } from './until.ts';

/** In whose name and for what a token is asked. Everything left out is the demo client's default. */
export interface TokenRequest {
  readonly scope?: string;
  readonly purpose?: string;
  readonly user?: string;
  readonly patient?: string;
  readonly client?: string;
  readonly secret?: string;
}

/** A request on the FHIR base. */
export interface FhirCall {
  /** An object is sent as JSON; text is sent as it is. */
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly as?: TokenRequest;
  /** A bearer token; `null` sends none. */
  readonly token?: string | null;
  readonly timeoutMs?: number;
}

/** FHIR's media type. */
export const FHIR_JSON = 'application/fhir+json';

/** One organisation of a node, as its own machine client sees it. */
export class Organisation {
  readonly port: number;
  readonly id: string;
  readonly #tokens = new Map<string, Promise<string>>();

  constructor(port: number, id: string) {
    this.port = port;
    this.id = id;
  }

  /** Path of the organisation's routes. */
  get prefix(): string {
    return `/orgs/${this.id}`;
  }

  /** One request below `/orgs/<org>`. */
  send(path: string, call: Parameters<typeof send>[2] = {}): Promise<Answer> {
    return send(this.port, `${this.prefix}${path}`, call);
  }

  /** The token endpoint's answer, whatever it is. */
  tokenAnswer(asked: TokenRequest = {}): Promise<Answer> {
    const { scope, purpose, user, patient, client = 'demo', secret = 'demo' } = asked;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scope !== undefined) form.set('scope', scope);
    if (purpose !== undefined) form.set('purpose_of_use', purpose);
    if (user !== undefined) form.set('fhir_user', user);
    if (patient !== undefined) form.set('patient', patient);
    const basic = Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString(
      'base64',
    );
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('/auth/token', { method: 'POST', headers, body: form.toString() });
  }

  /** An access token; the same request is answered from memory. */
  token(asked: TokenRequest = {}): Promise<string> {
    const key = JSON.stringify(asked);
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const token = this.tokenAnswer(asked).then((answer) => {
      if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
      return String(answer.json.access_token);
    });
    this.#tokens.set(key, token);
    return token;
  }

  /** A request with a bearer token, below `/orgs/<org>`. */
  async call(method: string, path: string, options: FhirCall = {}): Promise<Answer> {
    const { body, headers = {}, as, timeoutMs } = options;
    const token = options.token === undefined ? await this.token(as) : options.token;
    const type =
      body === undefined ? {} : { 'content-type': path.startsWith('/fhir') ? FHIR_JSON : 'application/json' };
    return this.send(path, {
      method,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...type, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  /** A request on the FHIR base: `fhir('GET', 'Patient/1')`. */
  fhir(method: string, path: string, options: FhirCall = {}): Promise<Answer> {
    return this.call(method, `/fhir${path === '' || path.startsWith('?') ? '' : '/'}${path}`, options);
  }

  /** Creates a resource and gives it back as stored. */
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  async create(resource: object, options: FhirCall = {}): Promise<any> {
    const { resourceType } = resource as { resourceType: string };
    const answer = await this.fhir('POST', resourceType, { ...options, body: resource });
    if (answer.status !== 201) throw new Error(`not created: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  /** The ids of a search's matches, all pages. */
  async searchIds(query: string, options: FhirCall = {}): Promise<string[]> {
    return (await this.searchAll(query, options)).map((resource) => resource.id);
  }

  /** The matches of a search, all pages; throws on anything but 200. */
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  async searchAll(query: string, options: FhirCall = {}): Promise<any[]> {
    const found = [];
    let answer = await this.fhir('GET', query, options);
    for (;;) {
      if (answer.status !== 200) throw new Error(`search ${query}: ${answer.status} ${answer.text}`);
      const { entry = [], link = [] } = answer.json;
      for (const { resource, search } of entry) if (search?.mode !== 'include') found.push(resource);
      const next = link.find((each: { relation: string }) => each.relation === 'next');
      if (next === undefined) return found;
      const { pathname, search } = new URL(next.url);
      answer = await this.call('GET', `${pathname}${search}`.slice(this.prefix.length), options);
    }
  }

  /** The receipt of a version (`Patient/1`, `Patient/1/_history/2`), once it is covered. */
  async receipt(object: string, options: FhirCall = {}): Promise<Receipt & { readonly text: string }> {
    const separator = object.indexOf('?');
    const path =
      separator < 0
        ? `${object}/$receipt`
        : `${object.slice(0, separator)}/$receipt${object.slice(separator)}`;
    const answer = await until(`a receipt of ${object}`, async () => {
      const tried = await this.fhir('GET', path, options);
      if (tried.status === 202) return undefined;
      if (tried.status !== 200) throw new Error(`no receipt of ${object}: ${tried.status} ${tried.text}`);
      return tried;
    });
    return { ...answer.json, text: answer.text };
  }

  /** The AuditEvents that a search finds, newest first. */
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  auditEvents(query: string): Promise<any[]> {
    return this.searchAll(`AuditEvent?_sort=-date&${query}`);
  }
}

/** The newest trust policy of a node's network. */
export async function networkPolicy(port: number, version?: number): Promise<string> {
  const answer = await send(port, version === undefined ? '/policy' : `/policy?version=${version}`);
  if (answer.status !== 200) throw new Error(`no policy: ${answer.status} ${answer.text}`);
  parsePolicy(answer.text);
  return answer.text;
}

/** What `src/proof` says of a receipt, offline. */
export function judge(receipt: unknown, policies: readonly string[], content?: string): ReceiptVerdict {
  const text = typeof receipt === 'object' && receipt !== null && 'text' in receipt ? receipt.text : receipt;
  return verifyReceipt(text, {
    policies,
    primitives: nativePrimitives,
    now: new Date(),
    ...(content === undefined ? {} : { content }),
  });
}
