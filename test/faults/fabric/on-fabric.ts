import { describe } from 'vitest';
import { missingForFabric } from './availability.ts';

/** Tests that need a Fabric network: skipped where neither Go nor built binaries are. */
export const describeOnFabric = describe.skipIf(missingForFabric() !== undefined);
