import { describe, expect, test } from 'vitest';
import { randomId } from '../../crypto/index.ts';
import {
  applicantOf,
  createOrganisationKeys,
  type Founding,
  founderOrder,
  type Joining,
} from '../../identity/index.ts';
import type { NodeError } from '../errors.ts';
import { Founder } from './founder.ts';

const joining = (organisation: string): Joining => ({
  organisation,
  address: { url: `http://localhost:1/${organisation}`, origin: `holdfast.local/orgs/${organisation}` },
  keys: createOrganisationKeys(),
});
const members = ['st-mary', 'lakeside', 'meridian'].map(joining);
const configured = members.map(({ organisation, address }) => ({ id: organisation, url: address.url }));
const seen = new Map(members.map((each) => [each.organisation, applicantOf(each)]));
const founding: Founding = { ledger: randomId(), founders: founderOrder([...seen.values()]) };

function founder(kept: Founding[] = [], earlier?: Founding): Founder {
  const [own] = members;
  if (own === undefined) throw new Error('there are members');
  return new Founder({ joining: own, configured, earlier, keep: (each) => kept.push(each) });
}

const refused = (act: () => void): string | undefined => {
  try {
    act();
  } catch (error) {
    return (error as NodeError).code;
  }
  return undefined;
};

describe('a founder does not sign', () => {
  const other = applicantOf(joining('lakeside'));
  const changed = (
    change: (list: Founding['founders'][number][]) => Founding['founders'][number][],
  ): Founding => ({
    ...founding,
    founders: change([...founding.founders]),
  });
  test.each<[string, Founding]>([
    [
      'keys of another that the other does not show itself',
      changed((list) => list.map((each) => (each.organisation === 'lakeside' ? other : each))),
    ],
    ['a list without one of the configured organisations', changed((list) => list.slice(1))],
    ['a list with one more', changed((list) => founderOrder([...list, applicantOf(joining('mallory'))]))],
    [
      'another address of one',
      changed((list) =>
        list.map((each) => ({ ...each, address: { ...each.address, url: 'http://elsewhere:1' } })),
      ),
    ],
    ['a list in another order', changed((list) => list.reverse())],
  ])('%s', (_, proposed) => {
    const kept: Founding[] = [];
    const own = founder(kept);
    expect(refused(() => own.sign(proposed, seen))).toBe('founding-refused');
    expect([own.statement().signature, kept]).toEqual([undefined, []]);
  });

  test('a second founding, not even after a restart', () => {
    const kept: Founding[] = [];
    const own = founder(kept);
    own.sign(founding, seen);
    const second = { ...founding, ledger: randomId() };
    expect(refused(() => own.sign(second, seen))).toBe('founding-refused');
    expect(refused(() => founder([], kept[0]).sign(second, seen))).toBe('founding-refused');
  });
});

test('a founder keeps what it signs before it shows the signature, and signs the same again', () => {
  const order: string[] = [];
  const [first] = members;
  if (first === undefined) throw new Error('there are members');
  const own = new Founder({
    joining: first,
    configured,
    earlier: undefined,
    keep: () => order.push(`kept with ${own.statement().signature}`),
  });
  own.sign(founding, seen);
  const { signature } = own.statement();
  own.sign(founding, seen);
  expect(order).toEqual(['kept with undefined']);
  expect(founder([], founding).statement().signature).toBe(signature);
});
