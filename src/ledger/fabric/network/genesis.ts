import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CHANNEL, channelProfile, PROFILE } from './channel-profile.ts';
import type { NetworkContext } from './network-context.ts';
import { FOLDER_MODE } from './network-folder.ts';
import type { OrganisationPlan } from './organisation-plan.ts';
import { run } from './run-command.ts';
import { replaceFile } from './write-material.ts';

/** Makes the channel's block 0 from the organisations' verifying MSPs; one that is there stays. */
export async function makeGenesis(
  { folder, binaries }: NetworkContext,
  plans: readonly OrganisationPlan[],
  blockMs?: number,
): Promise<void> {
  if (existsSync(folder.genesis)) return;
  const work = join(folder.work, 'genesis');
  mkdirSync(work, { recursive: true, mode: FOLDER_MODE });
  replaceFile(join(work, 'configtx.yaml'), channelProfile(plans, folder, blockMs));
  const next = `${folder.genesis}.next`;
  await run(
    binaries.command('configtxgen'),
    ['-configPath', work, '-profile', PROFILE, '-channelID', CHANNEL, '-outputBlock', next],
    { environment: { PATH: process.env.PATH, FABRIC_LOGGING_SPEC: 'error' } },
  );
  renameSync(next, folder.genesis);
  rmSync(work, { recursive: true });
}
