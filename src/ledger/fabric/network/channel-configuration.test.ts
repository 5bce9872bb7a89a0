import { describe, expect, test } from 'vitest';
import { type ChannelConfiguration, configurationOf, organisationsIn } from './channel-configuration.ts';
import {
  blockQuorum,
  type Consenter,
  consentersOf,
  nextConsenterId,
  withConsenter,
  withoutConsenter,
} from './consenters.ts';
import { configurationWithout, configurationWithoutOrderer } from './suspend-organisation.ts';

const ids = ['st-mary', 'lakeside', 'meridian', 'aurora', 'harbour'];
const consenter = (id: number, certificate = 'a'): Consenter => ({
  ...{ id, host: 'localhost', port: 7050 + id, msp_id: ids[id - 1]!, identity: `${certificate}${id}` },
  ...{ client_tls_cert: 'tls', server_tls_cert: 'tls' },
});
const empty = { mod_policy: 'Admins', version: '0', groups: {}, values: {}, policies: {} };

function channel(count: number): ChannelConfiguration {
  const groups = Object.fromEntries(ids.slice(0, count).map((id) => [id, empty]));
  const orderer = {
    ...{ ...empty, groups },
    values: { Orderers: { mod_policy: 'Admins', version: '0', value: { consenter_mapping: [] } } },
    policies: { BlockValidation: { mod_policy: 'Admins', version: '0', policy: { type: 3, value: {} } } },
  };
  let configuration: ChannelConfiguration = {
    sequence: 0,
    channel_group: { ...empty, groups: { Application: { ...empty, groups }, Orderer: orderer } },
  };
  for (let id = 1; id <= count; id++) configuration = withConsenter(configuration, consenter(id));
  return configuration;
}

interface SignaturePolicy {
  identities: { principal: { id_bytes: string; mspid: string } }[];
  rule: { n_out_of: { n: number; rules: { signed_by: number }[] } };
}
const blockValidation = (configuration: ChannelConfiguration) =>
  configuration.channel_group.groups.Orderer!.policies.BlockValidation!.policy.value as SignaturePolicy;

describe('the consensus', () => {
  test.each([
    [1, 1],
    [3, 2],
    [4, 3],
    [5, 4],
    [6, 4],
    [7, 5],
    [10, 7],
  ])('of %i orderers takes %i signatures for a block', (n, quorum) => expect(blockQuorum(n)).toBe(quorum));

  test('a new orderer is among those whose signatures make a block valid', () => {
    const policy = blockValidation(channel(5));
    expect(policy.identities.map(({ principal }) => principal.mspid)).toEqual(ids);
    expect(policy.rule.n_out_of.n).toBe(4);
    expect(policy.rule.n_out_of.rules).toEqual([0, 1, 2, 3, 4].map((signed_by) => ({ signed_by })));
  });

  test('a rotated certificate takes the place of the old one, which no longer signs blocks', () => {
    const rotated = withConsenter(channel(4), consenter(2, 'b'));
    expect(consentersOf(rotated).map(({ identity }) => identity)).toEqual(['a1', 'b2', 'a3', 'a4']);
    expect(blockValidation(rotated).identities.map(({ principal }) => principal.id_bytes)).toEqual([
      'a1',
      'b2',
      'a3',
      'a4',
    ]);
  });

  test('an orderer stays while only four are there, and leaves from five', () => {
    expect(() => withoutConsenter(channel(4), 'aurora')).toThrowError(
      expect.objectContaining({ code: 'orderers-too-few' }),
    );
    const left = withoutConsenter(channel(5), 'aurora');
    expect(consentersOf(left).map(({ msp_id }) => msp_id)).toEqual([
      'st-mary',
      'lakeside',
      'meridian',
      'harbour',
    ]);
    expect(blockValidation(left).rule.n_out_of.n).toBe(3);
    expect(nextConsenterId(left)).toBe(6);
  });
});

describe('suspension', () => {
  test('takes writing and endorsement at once, and keeps the orderer of four', () => {
    const after = configurationWithout(channel(4), 'aurora');
    expect(organisationsIn(after, 'Application')).toEqual(['lakeside', 'meridian', 'st-mary']);
    expect(organisationsIn(after, 'Orderer')).toContain('aurora');
    expect(() => configurationWithoutOrderer(after, 'aurora')).toThrow();
  });

  test('removes the organisation wholly where five order', () =>
    expect(organisationsIn(configurationWithoutOrderer(channel(5), 'aurora'), 'Orderer')).not.toContain(
      'aurora',
    ));
});

test.each([undefined, {}, { data: { data: [] } }, { data: { data: [{ payload: {} }] } }])(
  '%j is no configuration block',
  (block) =>
    expect(() => configurationOf(block)).toThrowError(expect.objectContaining({ code: 'network-invalid' })),
);
