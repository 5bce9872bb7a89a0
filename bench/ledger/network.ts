import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleChaincode } from '../../scripts/chaincode.ts';
import { createOrganisationAuthorities } from '../../src/identity/index.ts';
import { fabricBinaries, localPlans, type RunningNetwork, startNetwork } from '../../src/ledger/index.ts';
import { FOUR } from '../../src/log/suite/network.ts';
import { issueMaterial } from '../../src/node/fabric/organisation-material.ts';

const BASE_PORT = 19_050; // apart from every test's network
const root = join(import.meta.dirname, '..', '..');

/** A network of four organisations with the benchmark's chaincode, in a folder of its own. */
export async function benchNetwork(): Promise<{ network: RunningNetwork; end: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-ledger-'));
  const entry = join(root, 'bench', 'ledger', 'chaincode.ts');
  const { file, semver, bundle } = await bundleChaincode(entry, join(folder, 'chaincode.mjs'));
  const network = await startNetwork({
    path: join(folder, 'network'),
    binaries: await fabricBinaries({
      toolsModule: join(root, 'packaging', 'fabric', 'tools'),
      environment: process.env,
    }),
    builder: join(root, 'packaging', 'fabric', 'builder'),
    plans: localPlans(FOUR, BASE_PORT),
    material: async ({ id, host }) => {
      const now = new Date();
      const authorities = await createOrganisationAuthorities(id, now);
      return issueMaterial(authorities, { organisation: id, hosts: [host], now });
    },
    chaincode: { semver, bundle, process: { program: process.execPath, args: [file] } },
  });
  const end = async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { network, end };
}
