import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
