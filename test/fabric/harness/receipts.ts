import { entryCommitment, fromBase64, type Receipt, toBase64 } from '../../../src/proof/index.ts';
import { send } from '../../journeys/harness/http.ts';
import { judge, networkPolicy } from '../../journeys/harness/organisation.ts';
import { until } from '../../journeys/harness/until.ts';
import { at, type Member } from './members.ts';

/** A receipt with the policy that was the newest when it was made. */
export interface KeptReceipt {
  readonly when: string;
  readonly owner: Member;
  readonly receipt: Receipt & { readonly text: string };
  readonly policy: string;
}

/** Stores something at a member and keeps its receipt. */
export async function keepReceipt(owner: Member, when: string): Promise<KeptReceipt> {
  const organisation = at(owner);
  const options = { as: owner.as };
  const { id } = await organisation.create({ resourceType: 'Basic', code: { text: when } }, options);
  const receipt = await organisation.receipt(`Basic/${id}`, options);
  return { when, owner, receipt, policy: await networkPolicy(owner.port) };
}

/** True when a receipt verifies offline with nothing but the policy that was kept with it. */
export const stillVerifies = ({ receipt, policy }: KeptReceipt): boolean => judge(receipt, [policy]).ok;

/**
 * Enters something at each owner's log: a log in which nothing was entered since the members changed has no head by a quorum of the
 * present ones yet, and a renewal from it verifies under the policy of then.
 */
export async function logsMoveOn(owners: readonly Member[]): Promise<void> {
  for (const owner of new Set(owners)) await keepReceipt(owner, 'so that there is a newer head');
}

/** Every version of the network's policy that a member publishes, the newest first. */
async function publishedPolicies(port: number): Promise<string[]> {
  const newest = await networkPolicy(port);
  const version = Number(/^# holdfast policy [0-9a-f]{32} (\d+)/.exec(newest)?.[1]);
  const older = Array.from({ length: version - 1 }, (_, at) => networkPolicy(port, version - 1 - at));
  return [newest, ...(await Promise.all(older))];
}

/**
 * True when a member gives a newer proof of a receipt that verifies under the newest policy alone; that of an organisation which was
 * suspended since under the versions that are published: the newest no longer lists its log.
 */
export async function canBeRenewed({ owner, receipt }: KeptReceipt, by: Member): Promise<boolean> {
  const { event, salt, version, proof } = receipt;
  const leaf = toBase64(entryCommitment(fromBase64(salt), event));
  await until(`${by.id} renews a receipt of ${owner.id}`, async () => {
    const tried = await send(by.port, `/orgs/${by.id}/log/renew`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ leaf, proof }),
    });
    if (tried.status !== 200) throw new Error(`${tried.status} ${tried.text}`);
    const policies = await publishedPolicies(by.port);
    const [newest = ''] = policies;
    const trusted = newest.includes(`/orgs/${owner.id}+`) ? [newest] : policies;
    const verdict = judge({ version, event, salt, proof: tried.text }, trusted);
    if (!verdict.ok) throw new Error(JSON.stringify(verdict));
    return true;
  });
  return true;
}
