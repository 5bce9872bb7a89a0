import { CHANNEL } from './channel-profile.ts';
import type { OrganisationPlan } from './organisation-plan.ts';

const ANSWER_MS = 2_000; // loopback; slower counts as no answer

/** The value of a gauge for the channel in Prometheus's text format; undefined when it is not there. */
export function gauge(text: string, name: string): number | undefined {
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) || !line.includes(`channel="${CHANNEL}"`)) continue;
    const value = Number(line.slice(line.lastIndexOf('}') + 1).trim());
    if (Number.isFinite(value)) return value;
  }
  return undefined;
}

async function metrics(port: number): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}

/** How many blocks an organisation's peer has; undefined when it does not answer or is not in the channel. */
export async function blockHeight({ ports }: OrganisationPlan): Promise<number | undefined> {
  const text = await metrics(ports.peerOperations);
  return text === undefined ? undefined : gauge(text, 'ledger_blockchain_height');
}

/** How many blocks an organisation's orderer has; undefined when it does not answer. */
export async function ordererHeight({ ports }: OrganisationPlan): Promise<number | undefined> {
  const text = await metrics(ports.ordererOperations);
  return text === undefined ? undefined : gauge(text, 'ledger_blockchain_height');
}

/** Number of the consenter that an organisation's orderer takes for the leader; undefined when it knows none. */
export async function leaderOf({ ports }: OrganisationPlan): Promise<number | undefined> {
  const text = await metrics(ports.ordererOperations);
  const leader = text === undefined ? undefined : gauge(text, 'consensus_BFT_leader_id');
  return leader === undefined || leader === 0 ? undefined : leader;
}
