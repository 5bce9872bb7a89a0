import { type ChannelConfiguration, organisationsIn } from '../channel-configuration.ts';
import { consentersOf, LEAST_CONSENTERS } from '../consenters.ts';
import type { Drift } from './drift.ts';

/** A member as `membership` has it. */
export interface AgreedMember {
  readonly organisation: string;
  readonly status: 'active' | 'suspended';
}

/** Where organisations and orderers of the channel are not those that `membership` says are active members. */
export function memberDrift(
  configuration: ChannelConfiguration,
  members: readonly AgreedMember[],
): readonly Drift[] {
  const statuses = new Map(members.map(({ organisation, status }) => [organisation, status]));
  const active = members.filter(({ status }) => status === 'active').map(({ organisation }) => organisation);
  const writing = organisationsIn(configuration, 'Application');
  const ordering = consentersOf(configuration).map(({ msp_id }) => msp_id);
  const missing = active.filter((id) => !writing.includes(id));
  return [
    ...missing.map((id) => memberMissing(id)),
    ...writing.filter((id) => !active.includes(id)).map((id) => surplus(id, statuses.get(id))),
    ...active.filter((id) => writing.includes(id) && !ordering.includes(id)).map(ordererMissing),
    // Fewer than four tolerate no fault: a suspended member's orderer that stays for that is no drift.
    ...(ordering.length > LEAST_CONSENTERS
      ? ordering.filter((id) => !active.includes(id)).map(ordererSurplus)
      : []),
  ];
}

function memberMissing(organisation: string): Drift {
  const what = `${organisation} is an active member and not in the channel: it can neither write nor endorse.`;
  return {
    code: 'member-missing',
    organisation,
    what,
    mend: `holdfast ledger add-org --org ${organisation}`,
  };
}

function surplus(organisation: string, status: AgreedMember['status'] | undefined): Drift {
  const why = status === 'suspended' ? 'is suspended' : 'is no member';
  return {
    code: status === 'suspended' ? 'suspended-present' : 'stranger-present',
    organisation,
    what: `${organisation} ${why} and still writes and endorses on the channel.`,
    mend: `holdfast ledger suspend --org ${organisation}`,
  };
}

function ordererMissing(organisation: string): Drift {
  const what = `${organisation} is an active member and its orderer is not in the consensus.`;
  return {
    code: 'orderer-missing',
    organisation,
    what,
    mend: `holdfast ledger add-org --org ${organisation}`,
  };
}

function ordererSurplus(organisation: string): Drift {
  const what = `${organisation} is no active member and its orderer is still in the consensus, where enough are left without it.`;
  return {
    code: 'orderer-surplus',
    organisation,
    what,
    mend: `holdfast ledger suspend --org ${organisation}`,
  };
}
