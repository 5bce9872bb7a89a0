import { readFileSync } from 'node:fs';
import { nativePrimitives } from '../../crypto/index.ts';
import {
  AUDIT_EXPORT_TYPE,
  ERASURE_PROOF_TYPE,
  type VerifyOptions as ProofOptions,
  type ReceiptVerdict,
  VerificationCache,
  verifyAuditExport,
  verifyBundle,
  verifyErasureProof,
  verifyReceipt,
} from '../../proof/index.ts';
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
  /** What the file as a whole shows, in words. */
  readonly shows?: string;
}

type Form = 'receipt' | 'bundle' | 'audit-export' | 'erasure-proof';

/** Reads a file as UTF-8 text. Throws CliError `input-unusable`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(EXIT.unusable, 'input-unusable', `${path} cannot be read.`, cause);
  }
}

function formOf(text: string, path: string): Form {
  try {
    const value = JSON.parse(text) as { items?: unknown; type?: unknown } | null;
    if (typeof value !== 'object' || value === null) return 'receipt';
    if (value.type === AUDIT_EXPORT_TYPE) return 'audit-export';
    if (value.type === ERASURE_PROOF_TYPE) return 'erasure-proof';
    return 'items' in value ? 'bundle' : 'receipt';
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

function judge(file: string, text: string, content: string | undefined, options: ProofOptions): FileVerdict {
  switch (formOf(text, file)) {
    case 'receipt': {
      const verdict = verifyReceipt(text, content === undefined ? options : { ...options, content });
      return { file, ok: verdict.ok, verdicts: [verdict] };
    }
    case 'bundle': {
      const verdict = verifyBundle(text, options);
      return 'verdicts' in verdict
        ? { file, ok: verdict.ok, verdicts: verdict.verdicts }
        : { file, ok: false, verdicts: [verdict] };
    }
    case 'audit-export': {
      const verdict = verifyAuditExport(text, options);
      if (!('verdicts' in verdict)) return { file, ok: false, verdicts: [verdict] };
      const { ok, manifest, verdicts } = verdict;
      const shows = `the audit trail that ${manifest.organisation} stands for: ${manifest.count} events${manifest.patient === undefined ? '' : ` about Patient/${manifest.patient}`} from ${manifest.from} until ${manifest.until}`;
      return ok ? { file, ok, verdicts, shows } : { file, ok, verdicts };
    }
    case 'erasure-proof': {
      const verdict = verifyErasureProof(text, options);
      if (!verdict.ok) return { file, ok: false, verdicts: [verdict] };
      const shows = `${verdict.subject} is erased, provably: ${verdict.keys.length} key(s) destroyed, on the ledger before ${verdict.committedBefore}`;
      return { file, ok: true, verdicts: [verdict.receipt], shows };
    }
  }
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
  const results = files.map((file) => judge(file, readText(file), content, shared));
  for (const { file, verdicts, shows } of results) {
    for (const verdict of verdicts) output.line(`${file}: ${words(verdict)}`);
    if (shows !== undefined) output.line(`${file}: ${shows}`);
  }
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
