import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A package as peers install it. */
export interface ChaincodePackage {
  readonly label: string;
  /** `label:SHA-256`, by which approvals name it: the same at every organisation that packs the same bundle. */
  readonly packageId: string;
  /** `<semver>+<SHA-256 of the bundle, hexadecimal>`. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/** What is packed. */
export interface PackageRequest {
  readonly name: string;
  readonly semver: string;
  /** The chaincode in one file. */
  readonly bundle: Uint8Array;
}

const LABEL_DIGITS = 16; // of the hash, in names of files that people read; version and package id have all 64
const BLOCK_BYTES = 512; // POSIX.1 ustar
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** The version of a definition: code and number as one, so that approving it is approving the code. */
export function definitionVersion(semver: string, bundle: Uint8Array): string {
  if (!SEMVER.test(semver))
    throw new RangeError('A chaincode version is a semantic version without build data.');
  return `${semver}+${sha256(bundle)}`;
}

/**
 * Packs a bundle for peers, the same bytes wherever it is packed: no times, no owners, no compression, whose result
 * would depend on the library. Where the chaincode listens is not inside (the builder's `release` links it), so that all
 * organisations approve one package id.
 */
export function packChaincode({ name, semver, bundle }: PackageRequest): ChaincodePackage {
  const version = definitionVersion(semver, bundle);
  const label = `${name}_${semver}_${sha256(bundle).slice(0, LABEL_DIGITS)}`;
  const metadata = Buffer.from(`${JSON.stringify({ type: 'holdfast', label })}\n`);
  const code = archive([{ name: 'chaincode.mjs', content: bundle }]);
  const bytes = archive([
    { name: 'metadata.json', content: metadata },
    { name: 'code.tar.gz', content: code },
  ]);
  return { label, packageId: `${label}:${sha256(bytes)}`, version, bytes };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
}

function archive(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content }) => [
    header(name, content.length),
    content,
    Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES),
  ]);
  const zipped = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]), { level: 0 });
  zipped[9] = 255; // the operating system: unknown (RFC 1952 §2.3.1)
  return zipped;
}

/** A ustar header of a plain file that everyone may read (POSIX.1-2017 pax, "ustar Interchange Format"). */
function header(name: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, 100, 'ascii');
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148); // the sum is taken with blanks in its place
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
