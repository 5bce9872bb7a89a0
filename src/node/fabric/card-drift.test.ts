import { beforeAll, describe, expect, test } from 'vitest';
import { createOrganisationAuthorities } from '../../identity/index.ts';
import {
  type ChannelConfiguration,
  cardDrift,
  configurationWith,
  type OrganisationCard,
} from '../../ledger/index.ts';
import { issueMaterial } from './organisation-material.ts';

const now = new Date('2026-01-01T00:00:00Z');
const group = { mod_policy: 'Admins', version: '0', groups: {}, values: {}, policies: {} };
const empty: ChannelConfiguration = {
  sequence: 0,
  channel_group: {
    ...group,
    groups: {
      Application: group,
      Orderer: {
        ...group,
        values: { Orderers: { mod_policy: 'Admins', version: '0', value: { consenter_mapping: [] } } },
        policies: { BlockValidation: { mod_policy: 'Admins', version: '0', policy: { type: 3, value: {} } } },
      },
    },
  },
};

async function cards(id: string, count: number): Promise<OrganisationCard[]> {
  const authorities = await createOrganisationAuthorities(id, now);
  const made: OrganisationCard[] = [];
  for (let index = 0; index < count; index++) {
    const material = await issueMaterial(authorities, { organisation: id, hosts: [`${id}.example`], now });
    const orderer = {
      identity: material.identities.orderer.certificate,
      tls: material.tls.orderer.certificate,
    };
    const ports = { orderer: 7050, peer: 7051 };
    made.push({ version: 1, id, host: `${id}.example`, ports, authorities: material.authorities, orderer });
  }
  return made;
}

describe('what the channel has of an organisation', () => {
  let card: OrganisationCard;
  let renewed: OrganisationCard;
  let forged: OrganisationCard;
  let configuration: ChannelConfiguration;
  beforeAll(async () => {
    [card, renewed] = (await cards('harbour', 2)) as [OrganisationCard, OrganisationCard];
    [forged] = (await cards('harbour', 1)) as [OrganisationCard];
    configuration = configurationWith(empty, card);
  });
  const codes = (given: OrganisationCard, isHosted: boolean) =>
    cardDrift(configuration, [{ card: given, isHosted }]).map(({ code }) => code);

  test('is what it handed over', () => expect(codes(card, true)).toEqual([]));

  test('differs in root and orderer where somebody entered authorities of their own', () => {
    expect(codes(forged, true)).toEqual(['authorities-differ', 'orderer-differs']);
    const [, orderer] = cardDrift(configuration, [{ card: forged, isHosted: false }]);
    expect(orderer).toMatchObject({
      organisation: 'harbour',
      what: expect.stringContaining('another identity certificate and another TLS certificate'),
      mend: 'holdfast ledger rotate --org harbour',
    });
  });

  test('differs in the root alone where only writing was changed', () => {
    const { groups } = configurationWith(empty, forged).channel_group;
    const channel_group = {
      ...configuration.channel_group,
      groups: { ...configuration.channel_group.groups, Application: groups.Application! },
    };
    const [only, ...others] = cardDrift({ ...configuration, channel_group }, [{ card, isHosted: true }]);
    expect(only).toMatchObject({
      code: 'authorities-differ',
      what: expect.stringContaining('for writing than'),
    });
    expect(others).toEqual([]);
  });

  test('differs in a renewed certificate where its own processes run, and not on another machine', () => {
    expect(codes(renewed, true)).toEqual(['orderer-differs']);
    expect(codes(renewed, false)).toEqual([]);
  });

  test('differs in an address that is not the orderer’s', () => {
    expect(codes({ ...card, host: 'elsewhere.example' }, true)).toEqual(['orderer-differs']);
    expect(codes({ ...card, ports: { ...card.ports, orderer: 1 } }, false)).toEqual(['orderer-differs']);
  });

  test('does not differ while the channel trusts its next identity authority as well', () => {
    const next = {
      ...card,
      authorities: {
        ...card.authorities,
        identity: [...card.authorities.identity, ...renewed.authorities.identity],
      },
    };
    expect(cardDrift(configurationWith(empty, next), [{ card, isHosted: true }])).toEqual([]);
  });
});
