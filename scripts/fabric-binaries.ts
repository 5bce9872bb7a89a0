/** Builds Fabric's programs into the cache unless they are there: once for all tests that need them, before any of them counts its time. */
import { join } from 'node:path';
import { fabricBinaries } from '../src/ledger/index.ts';

const root = join(import.meta.dirname, '..');
await fabricBinaries({
  toolsModule: join(root, 'packaging', 'fabric', 'tools'),
  environment: process.env,
  onProgress: (what) => process.stdout.write(`${what}\n`),
});
