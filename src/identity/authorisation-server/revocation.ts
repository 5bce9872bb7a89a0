import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ExpiringRecords } from '../storage/expiring-records.ts';
import type { Authenticator } from '../token/authenticator.ts';

const KIND = 'RevokedToken';

/** Access tokens that were called back before their time, until they would have expired. */
export class RevokedTokens {
  readonly #records: ExpiringRecords;

  constructor(records: ExpiringRecords) {
    this.#records = records;
  }

  /** Calls a token back; `expires` in seconds since 1970. */
  add(id: string, expires: number): void {
    this.#records.put(KIND, id, {}, Math.max(1, expires - Date.now() / 1000));
  }

  /** Whether it was called back. */
  has(id: string): boolean {
    return this.#records.has(KIND, id);
  }
}

/**
 * RFC 7009 for access tokens that are JWTs, which the library does not call back. It has authenticated the client by then and answers
 * `unsupported_token_type`; a client's own token is called back and answered 200, another's or a bad one is 200 too (§2.2).
 */
export async function revokeAccessToken(
  ctx: KoaContextWithOIDC,
  authenticator: Authenticator,
  revoked: RevokedTokens,
): Promise<void> {
  const body = (ctx.body ?? {}) as { error?: unknown };
  const token = ctx.oidc?.params?.token;
  const client = ctx.oidc?.entities.Client?.clientId;
  if (body.error !== 'unsupported_token_type' || typeof token !== 'string' || client === undefined) return;
  ctx.status = 200;
  ctx.body = '';
  try {
    await authenticator.authenticate(`Bearer ${token}`);
  } catch {
    return;
  }
  const { jti, exp, client_id } = decodeJwt(token);
  if (client_id === client && typeof jti === 'string') revoked.add(jti, Number(exp));
}
