import { type Contract, openEmbeddedLedger } from '../index.ts';
import { testPublicKey, testSigner } from './test-member.ts';
import type { EngineUnderTest } from './test-network.ts';

/** Starts the embedded engine on a folder, with the suite's keys; the clock is the system's unless given. */
export async function startEmbedded(
  folder: string,
  contracts: readonly Contract[],
  now?: () => Date,
): Promise<EngineUnderTest> {
  const engine = openEmbeddedLedger({
    path: `${folder}.db`,
    contracts,
    ...(now === undefined ? {} : { now }),
  });
  return {
    connect: ({ organisation, role, ledgerLog }) =>
      engine.connect({
        organisation,
        role,
        key: testSigner(organisation, 'transaction'),
        publicKey: testPublicKey(organisation, 'transaction'),
        ...(ledgerLog === undefined ? {} : { ledgerLog }),
      }),
    close: async () => engine.close(),
  };
}
