import { openEmbeddedLedger } from '../index.ts';
import { describeLedger, testPublicKey, testSigner } from '../suite/index.ts';

describeLedger('embedded', async (folder, contracts) => {
  const engine = openEmbeddedLedger({ path: `${folder}.db`, contracts });
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
});
