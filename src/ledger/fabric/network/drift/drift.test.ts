import { describe, expect, test } from 'vitest';
import type { ChannelConfiguration, ConfigurationPolicy } from '../channel-configuration.ts';
import { type Consenter, withConsenter, withConsenters } from '../consenters.ts';
import { withNamedPolicies } from '../named-policies.ts';
import { configurationWithout, configurationWithoutOrderer } from '../suspend-organisation.ts';
import { configurationDrift } from './configuration-drift.ts';
import type { AgreedMember } from './member-drift.ts';
import { withAgreedPolicies } from './policy-drift.ts';

const ids = ['st-mary', 'lakeside', 'meridian', 'aurora', 'harbour'];
const bare = { mod_policy: 'Admins', version: '0', groups: {}, values: {}, policies: {} };
const policy = (type: number, value: object): ConfigurationPolicy => ({
  mod_policy: 'Admins',
  version: '0',
  policy: { type, value },
});
const most = (sub_policy: string) => policy(3, { rule: 'MAJORITY', sub_policy });
const consenter = (id: number): Consenter => ({
  ...{ id, host: 'localhost', port: 7050 + id, msp_id: ids[id - 1]!, identity: `certificate ${id}` },
  ...{ client_tls_cert: 'tls', server_tls_cert: 'tls' },
});

/** A channel of the first so many organisations, as it is made. */
function channel(count: number): ChannelConfiguration {
  const groups = Object.fromEntries(ids.slice(0, count).map((id) => [id, bare]));
  const Application = {
    ...{ ...bare, groups },
    policies: {
      LifecycleEndorsement: most('Endorsement'),
      Admins: most('Admins'),
    },
  };
  const Orderer = {
    ...{ ...bare, groups },
    values: { Orderers: { mod_policy: 'Admins', version: '0', value: { consenter_mapping: [] } } },
    policies: { Admins: most('Admins'), BlockValidation: policy(3, {}) },
  };
  const channel_group = { ...bare, groups: { Application, Orderer }, policies: { Admins: most('Admins') } };
  let configuration = withNamedPolicies({ sequence: 0, channel_group });
  for (let id = 1; id <= count; id++) configuration = withConsenter(configuration, consenter(id));
  return configuration;
}

function withPolicy(section: 'Application' | 'Orderer', name: string, changed: ConfigurationPolicy) {
  const configuration = channel(4);
  const { groups } = configuration.channel_group;
  const group = groups[section]!;
  const policies = { ...group.policies, [name]: changed };
  return {
    ...configuration,
    channel_group: {
      ...configuration.channel_group,
      groups: { ...groups, [section]: { ...group, policies } },
    },
  };
}

const active = (...organisations: string[]): AgreedMember[] =>
  organisations.map((organisation) => ({ organisation, status: 'active' }));
const suspended = (organisation: string): AgreedMember => ({ organisation, status: 'suspended' });
const found = (configuration: ChannelConfiguration, members: readonly AgreedMember[] | undefined) =>
  configurationDrift(configuration, { members, cards: [] }).map(({ code, organisation, mend }) => [
    code,
    organisation,
    mend.replace('holdfast ledger ', ''),
  ]);

describe('a channel and membership', () => {
  test('that say the same do not differ', () =>
    expect(found(channel(4), active(...ids.slice(0, 4)))).toEqual([]));

  test('are not compared before the ledger has begun: nobody is a member then', () =>
    expect(found(channel(4), undefined)).toEqual([]));

  test('differ in a member that the channel does not know', () =>
    expect(found(channel(4), active(...ids))).toEqual([
      ['member-missing', 'harbour', 'add-org --org harbour'],
    ]));

  test('differ in an organisation that never was a member, and its orderer where enough are left', () =>
    expect(found(channel(5), active(...ids.slice(0, 4)))).toEqual([
      ['stranger-present', 'harbour', 'suspend --org harbour'],
      ['orderer-surplus', 'harbour', 'suspend --org harbour'],
    ]));

  test('differ in a suspended member that still endorses; its orderer stays while only four are there', () =>
    expect(found(channel(4), [...active('st-mary', 'lakeside', 'meridian'), suspended('aurora')])).toEqual([
      ['suspended-present', 'aurora', 'suspend --org aurora'],
    ]));

  test('agree again once the suspension was carried out', () => {
    const members = [...active('st-mary', 'lakeside', 'meridian', 'harbour'), suspended('aurora')];
    const first = configurationWithout(channel(5), 'aurora');
    expect(found(first, members)).toEqual([['orderer-surplus', 'aurora', 'suspend --org aurora']]);
    expect(found(configurationWithoutOrderer(first, 'aurora'), members)).toEqual([]);
  });

  test('differ in a member whose orderer is not in the consensus', () => {
    const without = withConsenters(channel(5), [1, 2, 3, 4].map(consenter));
    expect(found(without, active(...ids))).toEqual([['orderer-missing', 'harbour', 'add-org --org harbour']]);
  });
});

describe('policies of a channel', () => {
  test.each<[string, ChannelConfiguration]>([
    [
      'any one endorses',
      withPolicy('Application', 'Endorsement', policy(3, { rule: 'ANY', sub_policy: 'Endorsement' })),
    ],
    [
      'all must endorse',
      withPolicy('Application', 'Endorsement', policy(3, { rule: 'ALL', sub_policy: 'Endorsement' })),
    ],
    ['readers endorse', withPolicy('Application', 'Endorsement', most('Readers'))],
    [
      'one signature endorses',
      withPolicy('Application', 'Endorsement', policy(1, { rule: 'MAJORITY', sub_policy: 'Endorsement' })),
    ],
    [
      'one approves code',
      withPolicy(
        'Application',
        'LifecycleEndorsement',
        policy(3, { rule: 'ANY', sub_policy: 'Endorsement' }),
      ),
    ],
    [
      'one changes the orderers',
      withPolicy('Orderer', 'Admins', policy(3, { rule: 'ANY', sub_policy: 'Admins' })),
    ],
  ])('by which %s are found, and are as agreed once they are mended', (_, weakened) => {
    expect(found(weakened, undefined)).toEqual([['policy-differs', undefined, 'mend']]);
    const mended = withAgreedPolicies(weakened);
    expect(found(mended, undefined)).toEqual([]);
    expect(mended).toEqual(channel(4));
  });

  test.each<[string, (value: Validation) => unknown]>([
    ['fewer than a quorum', (value) => ({ ...value, rule: { n_out_of: { ...value.rule.n_out_of, n: 1 } } })],
    ['an orderer that left', (value) => ({ ...value, identities: [...value.identities.slice(1), stranger] })],
    [
      'one orderer twice',
      (value) => ({
        ...value,
        rule: { n_out_of: { n: 3, rules: signing(0, 0, 1, 2) } },
      }),
    ],
    [
      'one orderer twice, beside all others',
      (value) => ({ ...value, rule: { n_out_of: { n: 3, rules: signing(0, 0, 1, 2, 3) } } }),
    ],
  ])('by which peers would take blocks of %s are found and mended', (_, weaken) => {
    const { policy: before } = channel(4).channel_group.groups.Orderer!.policies.BlockValidation!;
    const weakened = withPolicy(
      'Orderer',
      'BlockValidation',
      policy(1, weaken(before.value as Validation) as object),
    );
    expect(found(weakened, undefined)).toEqual([['block-validation-differs', undefined, 'mend']]);
    expect(withAgreedPolicies(weakened)).toEqual(channel(4));
  });

  test.each<[string, (value: Validation) => unknown]>([
    ['two', (value) => ({ ...value, rule: { n_out_of: { ...value.rule.n_out_of, n: 2 } } })],
    ['all', (value) => ({ ...value, rule: { n_out_of: { ...value.rule.n_out_of, n: 4 } } })],
    ['one twice', (value) => ({ ...value, rule: { n_out_of: { n: 3, rules: signing(0, 0, 1, 2) } } })],
    ['three of three', (value) => ({ ...value, rule: { n_out_of: { n: 3, rules: signing(0, 1, 2) } } })],
    ['whoever left', (value) => ({ ...value, identities: [left, ...value.identities.slice(1)] })],
    ['any member', (value) => ({ ...value, identities: [anyone, ...value.identities.slice(1)] })],
  ])('by which %s would endorse are found and mended', (_, weaken) => {
    const { policy: before } = channel(4).channel_group.groups.Application!.policies.Endorsement!;
    const weakened = withPolicy(
      'Application',
      'Endorsement',
      policy(1, weaken(before.value as Validation) as object),
    );
    expect(found(weakened, undefined)).toEqual([['policy-differs', undefined, 'mend']]);
    expect(withAgreedPolicies(weakened)).toEqual(channel(4));
  });

  test('that have each organisation asked in turn, as Fabric has it, are mended too', () => {
    const { channel_group, ...rest } = channel(4);
    const any = (sub_policy: string) => policy(3, { rule: 'ANY', sub_policy });
    const implicit = { Writers: any('Writers'), Readers: any('Readers') };
    const application = channel_group.groups.Application!;
    const Application = {
      ...application,
      policies: { ...application.policies, ...implicit, Endorsement: most('Endorsement') },
    };
    const asked = {
      ...rest,
      channel_group: {
        ...channel_group,
        groups: { ...channel_group.groups, Application },
        policies: { ...channel_group.policies, ...implicit },
      },
    };
    expect(found(asked, undefined)).toEqual(
      Array.from({ length: 5 }, () => ['policy-differs', undefined, 'mend']),
    );
    expect(withAgreedPolicies(asked)).toEqual(channel(4));
  });

  test('let a suspended one whose orderer stays read from orderers, and write nowhere', () => {
    const { groups, policies } = configurationWithout(channel(4), 'aurora').channel_group;
    const signers = ({ policy: { value } }: ConfigurationPolicy) =>
      (value as Validation).identities
        .map((each) => (each as ReturnType<typeof signer>).principal)
        .filter(({ msp_identifier }) => msp_identifier === 'aurora')
        .map(({ role }) => role);
    expect(signers(policies.Writers!)).toEqual(['ORDERER']);
    expect(signers(policies.Readers!)).toEqual(['MEMBER']);
    for (const name of ['Endorsement', 'Writers', 'Readers'])
      expect(signers(groups.Application!.policies[name]!)).toEqual([]);
    expect((groups.Application!.policies.Endorsement!.policy.value as Validation).rule.n_out_of.n).toBe(2);
  });

  test('that are as agreed stay as they are', () =>
    expect(withAgreedPolicies(channel(5))).toEqual(channel(5)));
});

interface Validation {
  identities: unknown[];
  rule: { n_out_of: { n: number; rules: unknown[] } };
}
const signing = (...signers: number[]) => signers.map((signed_by) => ({ signed_by }));
const signer = (msp_identifier: string, role: string) => ({
  principal: { msp_identifier, role },
  principal_classification: 'ROLE',
});
const left = signer('harbour', 'PEER');
const anyone = signer('aurora', 'MEMBER');
const stranger = {
  principal: { mspid: 'mallory', id_bytes: 'her own' },
  principal_classification: 'IDENTITY',
};
