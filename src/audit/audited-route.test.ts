import { afterAll, beforeAll, expect, test } from 'vitest';
import { VaultError, type VaultErrorCode } from '../vault/index.ts';
import { Desk } from './suite/desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

test.each([
  ['too-costly', 422, 'too-costly', 0],
  ['busy', 503, 'busy', 0],
  ['unavailable', 503, 'unavailable', 1],
  ['full', 507, 'storage-full', 0],
  ['damaged', 500, 'internal', 1],
] as const)('what the vault refuses as %s is answered with %i %s', async (code, status, told, faults) => {
  const { vault } = desk.node;
  const search = vault.search.bind(vault);
  vault.search = () => {
    throw new VaultError(code satisfies VaultErrorCode, 'The search cannot be done.');
  };
  desk.faults.length = 0;
  const { status: answered, body } = await desk.ask('GET', '/audit/accesses?patient=p1', 'staff');
  vault.search = search;
  expect([answered, body.code, desk.faults.length]).toEqual([status, told, faults]);
});
