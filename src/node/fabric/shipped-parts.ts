import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What the package ships for Fabric. */
export interface ShippedParts {
  /** The Go module that builds Fabric's programs. */
  readonly toolsModule: string;
  /** The external builder's folder. */
  readonly builder: string;
  /** The bundled chaincode; it is there after `npm run build` or in the installed package. */
  readonly chaincodeBundle: string;
}

/** Finds them beside the sources in a checkout, one level further up in the package. */
export function shippedParts(): ShippedParts {
  const here = import.meta.dirname;
  const root = [join(here, '..', '..', '..'), join(here, '..', '..', '..', '..')].find((folder) =>
    existsSync(join(folder, 'packaging', 'fabric')),
  );
  const below = root ?? here;
  return {
    toolsModule: join(below, 'packaging', 'fabric', 'tools'),
    builder: join(below, 'packaging', 'fabric', 'builder'),
    chaincodeBundle: join(below, 'dist', 'chaincode', 'holdfast.mjs'),
  };
}
