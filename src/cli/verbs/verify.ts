import { readFileSync } from 'node:fs';
import { nativePrimitives } from '../../crypto/index.ts';
import { type ReceiptVerdict, VerificationCache, verifyBundle, verifyReceipt } from '../../proof/index.ts';
import { CliError, EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { verifyLog } from './verify-log.ts';

/** Options of `holdfast verify`. */
export interface VerifyOptions {
  readonly policy: readonly string[];
  readonly content: string | undefined;
  readonly log: string | undefined;
}

interface FileVerdict {
  readonly file: string;
  readonly ok: boolean;
  readonly verdicts: readonly ReceiptVerdict[];
}

/** Reads a file as UTF-8 text. Throws CliError `input-unusable`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(EXIT.unusable, 'input-unusable', `${path} cannot be read.`, cause);
  }
}

function isBundle(text: string, path: string): boolean {
  try {
    const value = JSON.parse(text) as { items?: unknown } | null;
    return typeof value === 'object' && value !== null && 'items' in value;
  } catch (cause) {
    throw new CliError(EXIT.unusable, 'input-unusable', `${path} is not JSON.`, cause);
  }
}

function words(verdict: ReceiptVerdict): string {
  if (!verdict.ok) return `REFUSED  ${verdict.code}: ${verdict.message}`;
  const { event, loggedAfterBlock, loggedBefore, policy } = verdict;
  const bounds = `logged after block ${loggedAfterBlock.height}${loggedBefore === undefined ? '' : `, before ${loggedBefore}`}`;
  const content = verdict.contentChecked === 'checked' ? 'content checked' : 'content not checked';
  const flags = verdict.flags.length === 0 ? '' : ` (${verdict.flags.join(', ')})`;
  const accepted = policy.version === undefined ? policy.hash.slice(0, 16) : `version ${policy.version}`;
  return `VERIFIED ${event.kind} ${event.object} by ${event.organisation}; ${bounds}; ${content}; policy ${accepted}${flags}`;
}

/** `holdfast verify FILE…`: receipts and bundles, offline. Exit code 0 when all verify, 1 when one does not. */
export async function verify(
  files: readonly string[],
  options: VerifyOptions,
  output: Output,
): Promise<ExitCode> {
  const policies = options.policy.map(readText);
  if (policies.length === 0) {
    throw new CliError(
      EXIT.unusable,
      'policy-required',
      'Name the policies you trust with --policy FILE: those inside a file do not count.',
    );
  }
  if (options.log !== undefined) return verifyLog(options.log, policies, output);
  if (files.length === 0)
    throw new CliError(EXIT.unusable, 'input-unusable', 'Name a receipt or bundle to verify.');
  if (options.content !== undefined && files.length > 1)
    throw new CliError(EXIT.unusable, 'usage', 'One content belongs to one receipt: name just that.');
  const content = options.content === undefined ? undefined : readText(options.content);
  const shared = { policies, now: new Date(), primitives: nativePrimitives, cache: new VerificationCache() };
  const results = files.map((file): FileVerdict => {
    const text = readText(file);
    if (!isBundle(text, file)) {
      const verdict = verifyReceipt(text, content === undefined ? shared : { ...shared, content });
      return { file, ok: verdict.ok, verdicts: [verdict] };
    }
    const verdict = verifyBundle(text, shared);
    return 'verdicts' in verdict
      ? { file, ok: verdict.ok, verdicts: verdict.verdicts }
      : { file, ok: false, verdicts: [verdict] };
  });
  for (const { file, verdicts } of results)
    for (const verdict of verdicts) output.line(`${file}: ${words(verdict)}`);
  output.result({ ok: results.every((each) => each.ok), results });
  if (
    results.some((each) =>
      each.verdicts.some(
        (verdict) =>
          !verdict.ok && (verdict.code === 'policy-malformed' || verdict.code === 'receipt-malformed'),
      ),
    )
  ) {
    return EXIT.unusable;
  }
  return results.every((each) => each.ok) ? EXIT.done : EXIT.found;
}
