import { utf8 } from './bytes.ts';
import { ProofError } from './errors.ts';
import { type Hash, sha256 } from './hash.ts';
import { malformedPolicy, PolicyReader } from './tlog-policy-lines.ts';
import type { PolicyHeader, TrustPolicy } from './trust-policy.ts';

/** Longest policy read, in UTF-16 units: more than a thousand members. */
const MAX_POLICY_LENGTH = 1_000_000;

const WITHDRAWN_LINE = '# withdrawn';
const HEADER = /^# holdfast policy ([0-9a-f]{32}) (0|[1-9][0-9]{0,14})$/;

/** The text without a last line `# withdrawn`, which is a notice about the policy and not part of it. */
function withoutWithdrawal(text: string): string {
  return text.endsWith(`\n${WITHDRAWN_LINE}\n`) ? text.slice(0, -(WITHDRAWN_LINE.length + 1)) : text;
}

/** The text as served after its withdrawal. */
export function withdrawPolicy(text: string): string {
  return `${withoutWithdrawal(text)}${WITHDRAWN_LINE}\n`;
}

/** SHA-256 of a policy's text, its withdrawn line left out (FORMATS §3). */
export function policyHash(text: string): Hash {
  return sha256(utf8(withoutWithdrawal(text)));
}

/**
 * Reads a policy (C2SP tlog-policy; header, ledger keys and withdrawal in comment lines after FORMATS §3). Throws `malformed`
 * on anything the format forbids (unknown lines, names used before they are defined, a key or member twice, not exactly one quorum),
 * `unsupported` on key types other than 0x01 for logs and 0x04 for witnesses, `too-large`.
 */
export function parsePolicy(text: string): TrustPolicy {
  if (text.length > MAX_POLICY_LENGTH) throw new ProofError('too-large', 'The policy is too long.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids exactly these
  if (!text.isWellFormed() || /[\0-\x08\x0b-\x1f\x7f]/.test(text))
    throw malformedPolicy('it holds control characters');
  const lines = text.split('\n');
  if (lines.pop() !== '') throw malformedPolicy('its last line has no newline');
  const header = parseHeader(lines[0] ?? '');
  const reader = new PolicyReader();
  for (const line of lines) reader.read(line);
  return {
    ...(header && { header }),
    ...reader.finish(header),
    withdrawn: lines.includes(WITHDRAWN_LINE),
    hash: policyHash(text),
  };
}

function parseHeader(line: string): PolicyHeader | undefined {
  if (!line.startsWith('# holdfast policy')) return undefined;
  const [, ledger, version] = HEADER.exec(line) ?? [];
  if (ledger === undefined) throw malformedPolicy('its first line is not "# holdfast policy ledger version"');
  return { ledger, version: Number(version) };
}
