import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { bundleChaincode } from '../../../scripts/chaincode.ts';
import { createOrganisationAuthorities } from '../../identity/index.ts';
import { fabricBinaries, localPlans } from '../../ledger/index.ts';
import { describeLedger, FOUNDERS, SuiteFabric } from '../../ledger/suite/index.ts';
import { issueMaterial } from './organisation-material.ts';

/** Apart from every other network's ports on this machine. */
const BASE_PORT = 17_050; // below the ephemeral range
/** A network starts in seconds; programs that are not built yet take minutes. */
const START_MS = 600_000; // a build on one slow core

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-fabric-suite-'));
let fabric: SuiteFabric;

beforeAll(async () => {
  const entry = join(root, 'src', 'ledger', 'suite', 'test-chaincode.ts');
  const { file, semver, bundle } = await bundleChaincode(entry, join(folder, 'chaincode.mjs'));
  fabric = await SuiteFabric.start({
    path: join(folder, 'network'),
    binaries: await fabricBinaries({
      toolsModule: join(root, 'packaging', 'fabric', 'tools'),
      environment: process.env,
    }),
    builder: join(root, 'packaging', 'fabric', 'builder'),
    plans: localPlans(FOUNDERS, BASE_PORT),
    material: async ({ id, host }) => {
      const now = new Date();
      const authorities = await createOrganisationAuthorities(id, now);
      return issueMaterial(authorities, { organisation: id, hosts: [host], now });
    },
    chaincode: { semver, bundle, process: { program: process.execPath, args: [file] } },
  });
}, START_MS);

afterAll(async () => {
  await fabric?.network.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describeLedger('fabric', (...start) => fabric.startEngine(...start));
