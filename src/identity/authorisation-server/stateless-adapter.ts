import assert from 'node:assert/strict';
import type { Adapter } from 'oidc-provider';

/**
 * Storage for the authorisation server while only machine clients sign in: their tokens are JWTs that are verified and
 * not looked up, so nothing is ever stored. Sessions, grants and refresh tokens bring a persistent one.
 */
export class StatelessAdapter implements Adapter {
  async find(): Promise<undefined> {
    return undefined;
  }

  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async upsert(): Promise<void> {
    assert.fail('the authorisation server has no state to store');
  }

  async consume(): Promise<void> {
    assert.fail('the authorisation server has no state to consume');
  }

  async destroy(): Promise<void> {}

  async revokeByGrantId(): Promise<void> {}
}
