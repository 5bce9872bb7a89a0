import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyAuditExport, verifyBundle, verifyErasureProof } from '../../../src/proof/index.ts';
import { nativePrimitives } from '../../interop/native.ts';
import { temporaryFolder } from './checkout.ts';
import { holdfast, type Ran } from './command.ts';
import { networkPolicy } from './organisation.ts';
import type { RunningNode } from './running-node.ts';

/** What `holdfast verify` says of a file with this text, with the network's policy and nothing else. */
export async function verifyOffline(node: RunningNode, text: string): Promise<Ran> {
  const folder = temporaryFolder('offline');
  const [file, policy] = [join(folder, 'file.json'), join(folder, 'policy.txt')];
  writeFileSync(file, text);
  writeFileSync(policy, await networkPolicy(node.port));
  return holdfast(['verify', file, '--policy', policy]);
}

export { verifyAuditExport, verifyBundle, verifyErasureProof };

/** What `src/proof` says of a file's text, offline: the same checks, without starting the command for each forgery. */
export function judgeFile<T>(
  verify: (text: string, options: { policies: string[]; primitives: typeof nativePrimitives }) => T,
  text: string,
  policy: string,
): T {
  return verify(text, { policies: [policy], primitives: nativePrimitives });
}
