import type { KoaContextWithOIDC } from 'oidc-provider';
import { IdentityError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import type { RouteServices } from '../recorded-route.ts';
import { type RecordedEvent, recordDurably } from '../recorder.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';
import type { Authenticator } from '../token/authenticator.ts';
import { type AppGrants, endGrant } from './app-grants.ts';
import { wholeScope } from './introspection.ts';

/** What recording a token request takes. */
export interface TokenRecording extends RouteServices {
  readonly authenticator: Authenticator;
  readonly grants: AppGrants;
  readonly records: ExpiringRecords;
}

/**
 * Records one answered token request before the answer leaves; when that fails, the token is taken back and the client
 * asked to come again. The new token is verified here once, as every request with it will be: what is issued is accepted.
 */
export async function recordTokenRequest(
  services: TokenRecording,
  ctx: KoaContextWithOIDC,
  requestId: string,
): Promise<void> {
  const { authenticator, recorder, onFault, grants, records } = services;
  const body = typeof ctx.body === 'object' && ctx.body !== null ? (ctx.body as Record<string, unknown>) : {};
  const grant = ctx.oidc?.entities.Grant?.jti;
  try {
    const event = await tokenEvent(authenticator, ctx, body, requestId);
    await recordDurably(recorder, event);
    if (event.outcome === 'success') ctx.body = { ...body, ...launchContext(grants, grant, body, event) };
  } catch (error) {
    onFault?.(error, requestId);
    // A code or refresh token that was used up for an answer which nobody gets: what it rests on ends, the app begins anew.
    if (grant !== undefined) endGrant(records, grant);
    const full = error instanceof IdentityError && error.code === 'storage-full';
    ctx.status = full ? 507 : 503;
    ctx.body = {
      error: 'temporarily_unavailable',
      error_description: full ? 'the disk is full' : 'the request could not be recorded: ask again',
    };
  }
}

/** What SMART App Launch 2.2 answers beside the token: the launch context, and everything that was granted. */
function launchContext(
  grants: AppGrants,
  grant: string | undefined,
  { scope }: Record<string, unknown>,
  { principal }: RecordedEvent,
): Record<string, unknown> {
  const { patient } = principal ?? {};
  const granted = grant === undefined ? undefined : grants.get(grant);
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(granted === undefined
      ? {}
      : { scope: wholeScope(String(scope ?? ''), granted.scope), need_patient_banner: true }),
    ...(granted?.encounter === undefined ? {} : { encounter: granted.encounter }),
    ...(granted?.intent === undefined ? {} : { intent: granted.intent }),
  };
}

/** Who asks with a new token; undefined when what it rests on has ended, such as the right to ask for a patient. */
async function standing(authenticator: Authenticator, token: string): Promise<Principal | undefined> {
  try {
    return await authenticator.authenticate(`Bearer ${token}`);
  } catch (error) {
    if (error instanceof IdentityError && error.code === 'token-revoked') return undefined;
    throw error;
  }
}

/** RFC 6749 §5.2: what the grant rested on is no more. */
function refuseGrant(ctx: KoaContextWithOIDC): void {
  ctx.status = 400;
  ctx.body = { error: 'invalid_grant', error_description: 'the right to ask has ended' };
}

async function tokenEvent(
  authenticator: Authenticator,
  ctx: KoaContextWithOIDC,
  body: Record<string, unknown>,
  requestId: string,
): Promise<RecordedEvent> {
  const shared = { kind: 'sign-in', action: 'E', subtype: 'token', objects: [], requestId } as const;
  const { access_token: token, error } = body;
  if (ctx.status === 200 && typeof token === 'string') {
    const principal = await standing(authenticator, token);
    if (principal !== undefined) {
      const patients = principal.patient === undefined ? [] : [principal.patient];
      return { ...shared, objects: [], outcome: 'success', principal, patients };
    }
    refuseGrant(ctx);
    const client = ctx.oidc?.entities.Client?.clientId;
    const by = client === undefined ? {} : { agent: client };
    return { ...shared, objects: [], outcome: 'minor', ...by, patients: [], detail: 'invalid_grant' };
  }
  // Only the id of a client that exists is kept: anything else is text of a stranger's choosing.
  const agent = ctx.oidc?.entities.Client?.clientId;
  // What was used once and comes again was stolen from somebody, here or there (RFC 9700 §4.14.2).
  const again = ctx.oidc?.entities.RefreshToken?.consumed !== undefined && error === 'invalid_grant';
  return {
    ...shared,
    objects: [],
    outcome: ctx.status >= 500 || again ? 'serious' : 'minor',
    ...(agent === undefined ? {} : { agent }),
    patients: [],
    detail: typeof error === 'string' ? error : 'server_error',
  };
}
