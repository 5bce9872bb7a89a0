import { nativePrimitives } from '../../crypto/index.ts';
import { decodeEntryBundle, formatTilePath, httpTiles, LogError } from '../../log/index.ts';
import {
  CompactRange,
  equalBytes,
  fromUtf8,
  judgeCheckpoint,
  leafHash,
  ProofError,
  parsePolicy,
  parseSignedCheckpoint,
  type SignedCheckpoint,
  type TrustPolicy,
  toHex,
} from '../../proof/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';

/** Entries of a full bundle (C2SP tlog-tiles). */
const BUNDLE_WIDTH = 256;
/** One resource of a log is there at once or not at all. */
const TIMEOUT_MS = 10_000; // a slow link included

type Fetch = ReturnType<typeof httpTiles>;

async function resource(fetch: Fetch, path: string): Promise<Uint8Array> {
  try {
    const bytes = await fetch(path, AbortSignal.timeout(TIMEOUT_MS));
    if (bytes !== undefined) return bytes;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new CliError(EXIT.unavailable, 'unavailable', 'The log cannot be reached.', error);
  }
  throw new CliError(EXIT.unavailable, 'unavailable', `The log does not serve ${path}.`);
}

function entriesIn(bundle: Uint8Array, width: number): Uint8Array[] {
  try {
    return decodeEntryBundle(bundle, width);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    throw new CliError(
      EXIT.found,
      'entries-malformed',
      'What the log serves as entries is not a whole bundle.',
      error,
    );
  }
}

function trusted(policy: string): TrustPolicy {
  try {
    return parsePolicy(policy);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new CliError(
      EXIT.unusable,
      'policy-malformed',
      'A trust policy cannot be read: fetch it again.',
      error,
    );
  }
}

async function rootOf(fetch: Fetch, size: number, output: Output): Promise<Uint8Array> {
  const range = new CompactRange();
  for (let first = 0; first < size; first += BUNDLE_WIDTH) {
    const width = Math.min(BUNDLE_WIDTH, size - first);
    const bundle = await resource(
      fetch,
      formatTilePath({ level: 'entries', index: first / BUNDLE_WIDTH, width }),
    );
    for (const entry of entriesIn(bundle, width)) range.append(leafHash(entry));
    output.progress(`${first + width} of ${size} entries`);
  }
  return range.root();
}

function parsedCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  try {
    return parseSignedCheckpoint(fromUtf8(bytes));
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new CliError(EXIT.found, 'checkpoint-malformed', 'What the log serves is not a checkpoint.', error);
  }
}

/**
 * `holdfast verify --log URL`: reads every entry of a log at its public prefix, recomputes the tree, and judges the
 * checkpoint by the given policies. Exit code 1 when the entries do not hash to the signed root or no policy accepts.
 */
export async function verifyLog(url: string, policies: readonly string[], output: Output): Promise<ExitCode> {
  const trust = policies.map(trusted);
  const fetch = httpTiles(url.replace(/\/+$/, ''));
  const signed = parsedCheckpoint(await resource(fetch, 'checkpoint'));
  const verdicts = trust.map((policy) => judgeCheckpoint(signed, policy, nativePrimitives));
  const accepted = verdicts.find((verdict) => verdict.ok);
  const size = Number(signed.checkpoint.size);
  const root = await rootOf(fetch, size, output);
  const whole = equalBytes(root, signed.checkpoint.root);
  const [refusal] = verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict.code]));
  const ok = whole && accepted !== undefined;
  const code = whole ? (accepted === undefined ? refusal : undefined) : 'entries-mismatch';
  output.line(
    ok
      ? `VERIFIED ${signed.checkpoint.origin}: ${size} entries, root ${toHex(root)}`
      : `REFUSED  ${signed.checkpoint.origin}: ${String(code)}`,
  );
  output.result({
    ok,
    origin: signed.checkpoint.origin,
    size,
    root: toHex(root),
    ...(code === undefined ? {} : { code }),
  });
  return ok ? EXIT.done : EXIT.found;
}
