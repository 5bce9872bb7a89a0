import { homedir } from 'node:os';
import { join } from 'node:path';
import { NodeError } from '../errors.ts';
import { type ImportTarget, persistently } from './import-target.ts';
import { isTransient, readAnswer } from './unit-answer.ts';

/** One unit is stored within this time, or the node is taken to be stuck. */
const TIMEOUT_MS = 120_000; // the server's own limit
/** What a demo gives everybody (FORMATS §8). */
const DEMO_CLIENT = { id: 'demo', secret: 'demo' };
const SCOPE = 'system/*.cruds';

/** Which node, whose records, and who stores them. */
export interface HttpTargetRequest {
  /** The node's public address. */
  readonly url: string;
  readonly organisation: string;
  /** A machine client of the organisation; the demo's when absent, in demo mode only. */
  readonly client: { readonly id: string; readonly secret: string } | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

interface Published {
  readonly demo: boolean;
  readonly ledger: { readonly id: string };
  readonly organisations: readonly { readonly id: string; readonly fhir: string; readonly auth: string }[];
}

/** Imports through a running node. Throws NodeError `unavailable`, or `input-unusable` for another node or client. */
export async function httpTarget(request: HttpTargetRequest): Promise<ImportTarget> {
  const { url, organisation, environment } = request;
  const base = url.replace(/\/+$/, '');
  const published = await describe(base);
  if (!published.organisations.some(({ id }) => id === organisation)) {
    throw new NodeError('input-unusable', `The node at ${base} hosts no organisation ${organisation}.`);
  }
  const client = request.client ?? (published.demo ? DEMO_CLIENT : undefined);
  if (client === undefined) {
    throw new NodeError(
      'input-unusable',
      'Name a machine client with --client, and its secret with --secret-file or HOLDFAST_CLIENT_SECRET.',
    );
  }
  const prefix = `${base}/orgs/${organisation}`;
  let token = tokenFrom(prefix, client);
  await token;
  const post = async (text: string, storeBundles: boolean): Promise<Response | undefined> => {
    const used = token;
    const headers = { authorization: `Bearer ${await used}`, 'content-type': 'application/fhir+json' };
    const answer = await reach(`${prefix}/fhir/$import${storeBundles ? '?store-bundles=true' : ''}`, {
      method: 'POST',
      headers,
      body: text,
    });
    if (answer?.status !== 401) return answer;
    // It has expired: whoever notices first gets the next one for all.
    if (token === used) token = tokenFrom(prefix, client);
    return undefined;
  };
  return {
    name: `${published.ledger.id}/${organisation}`,
    progressFolder: join(
      environment.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'),
      'holdfast',
      'imports',
    ),
    async send(text, { storeBundles }) {
      const answer = await persistently(async () => {
        const tried = await post(text, storeBundles);
        return tried === undefined || isTransient(tried.status) ? undefined : tried;
      });
      if (answer === undefined) throw unreachable();
      return readAnswer(answer.status, await answer.text());
    },
    close: async () => undefined,
  };
}

/** The answer; undefined when the node could not be reached. */
async function reach(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return undefined;
  }
}

async function describe(base: string): Promise<Published> {
  if (!URL.canParse(base) || !/^https?:/.test(base))
    throw new NodeError('input-unusable', 'An address begins with http:// or https://.');
  const answer = await reach(`${base}/.well-known/holdfast`);
  if (answer === undefined) throw unreachable();
  if (!answer.ok)
    throw new NodeError(
      'input-unusable',
      'There is no Holdfast node at this address: give the public address of one.',
    );
  return (await answer.json()) as Published;
}

async function tokenFrom(prefix: string, { id, secret }: { id: string; secret: string }): Promise<string> {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPE });
  const answer = await persistently(() =>
    reach(`${prefix}/auth/token`, { method: 'POST', headers: { authorization: `Basic ${basic}` }, body }),
  );
  if (answer === undefined) throw unreachable();
  const { access_token: token } = (answer.ok ? await answer.json() : {}) as { access_token?: string };
  if (token === undefined)
    throw new NodeError(
      'input-unusable',
      `The client ${id} gets no token for ${SCOPE}: check its id, secret and scope.`,
    );
  return token;
}

function unreachable(): NodeError {
  return new NodeError(
    'unavailable',
    'The node cannot be reached or stays busy: what was stored stays; run the import again.',
  );
}
