/**
 * Bundles the chaincode into one file that runs offline: contracts, kit, chaincode server. The same sources and lock give the same
 * bytes, whose hash the organisations approve. `node scripts/chaincode.ts [out]` builds the product's.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

/** Where the product's bundle lies, in a checkout and in the package. */
export const CHAINCODE_BUNDLE = join(root, 'dist', 'chaincode', 'holdfast.mjs');

/** A bundle as it lies on disk. */
export interface ChaincodeBundle {
  readonly file: string;
  readonly semver: string;
  readonly bundle: Uint8Array;
}

/** The gateway can sign with a hardware module, by a native addon that is no part of one file; the chaincode's key is a file. */
const WITHOUT_HARDWARE_MODULES = {
  name: 'without-hardware-modules',
  resolveId: (id: string) => (id === 'pkcs11js' ? '\0pkcs11js' : null),
  load: (id: string) => (id === '\0pkcs11js' ? 'export {};' : null),
};

/** Bundles an entry file into `file`. Throws when anything would stay outside the file. */
export async function bundleChaincode(entry: string, file: string): Promise<ChaincodeBundle> {
  const { version: semver } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  const bundle = await rolldown({
    input: entry,
    cwd: root,
    platform: 'node',
    logLevel: 'warn',
    plugins: [WITHOUT_HARDWARE_MODULES],
    transform: { define: { 'process.env.HOLDFAST_SEMVER': JSON.stringify(semver) }, target: 'node26' },
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false, minify: false });
  await bundle.close();
  const [chunk, ...others] = output;
  const outside = [...chunk.imports, ...chunk.dynamicImports].filter((name) => !name.startsWith('node:'));
  const foreign = outside.filter((name) => !isBuiltin(name));
  if (others.length > 0 || foreign.length > 0)
    throw new Error(
      `The chaincode is not one file: ${[...others.map(({ fileName }) => fileName), ...foreign].join(', ')}`,
    );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, chunk.code);
  return { file, semver, bundle: Buffer.from(chunk.code) };
}

if (import.meta.main) {
  const [out = CHAINCODE_BUNDLE] = process.argv.slice(2);
  const { file, semver, bundle } = await bundleChaincode(
    join(root, 'src', 'node', 'fabric', 'chaincode.ts'),
    out,
  );
  process.stdout.write(
    `${JSON.stringify({ file, semver, sha256: createHash('sha256').update(bundle).digest('hex') })}\n`,
  );
}
