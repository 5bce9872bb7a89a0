import type { KoaContextWithOIDC } from 'oidc-provider';
import { IdentityError } from '../errors.ts';
import type { RouteServices } from '../recorded-route.ts';
import { type RecordedEvent, recordDurably } from '../recorder.ts';
import type { Authenticator } from '../token/authenticator.ts';

/**
 * Records one answered token request before the answer leaves; when that fails, the token is taken back and the client
 * asked to come again. The new token is verified here once, as every request with it will be: what is issued is accepted.
 */
export async function recordTokenRequest(
  { authenticator, recorder, onFault }: RouteServices & { authenticator: Authenticator },
  ctx: KoaContextWithOIDC,
  requestId: string,
): Promise<void> {
  const body = typeof ctx.body === 'object' && ctx.body !== null ? (ctx.body as Record<string, unknown>) : {};
  try {
    const event = await tokenEvent(authenticator, ctx, body, requestId);
    await recordDurably(recorder, event);
    const { patient } = event.principal ?? {};
    // SMART App Launch 2.2 answers the launch context beside the token.
    if (patient !== undefined) ctx.body = { ...body, patient };
  } catch (error) {
    onFault?.(error, requestId);
    const full = error instanceof IdentityError && error.code === 'storage-full';
    ctx.status = full ? 507 : 503;
    ctx.body = {
      error: 'temporarily_unavailable',
      error_description: full ? 'the disk is full' : 'the request could not be recorded: ask again',
    };
  }
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
    const principal = await authenticator.authenticate(`Bearer ${token}`);
    const patients = principal.patient === undefined ? [] : [principal.patient];
    return { ...shared, objects: [], outcome: 'success', principal, patients };
  }
  // Only the id of a client that exists is kept: anything else is text of a stranger's choosing.
  const agent = ctx.oidc?.entities.Client?.clientId;
  return {
    ...shared,
    objects: [],
    outcome: ctx.status >= 500 ? 'serious' : 'minor',
    ...(agent === undefined ? {} : { agent }),
    patients: [],
    detail: typeof error === 'string' ? error : 'server_error',
  };
}
