import { expect, test } from 'vitest';
import { nativePrimitives, randomId } from '../crypto/index.ts';
import { ContractSet, execute, type LedgerError } from '../ledger/index.ts';
import {
  createOrganisationKeys,
  genesisOf,
  type Joining,
  membershipContract,
  signFounding,
} from './index.ts';

const joining = (organisation: string): Joining => ({
  organisation,
  address: { url: `https://${organisation}.example`, origin: `holdfast.local/orgs/${organisation}` },
  keys: createOrganisationKeys(),
});

const empty = { get: () => undefined, range: () => [] };

function submit(args: unknown): string | undefined {
  try {
    const outcome = execute({
      contracts: new ContractSet([membershipContract]),
      state: empty,
      primitives: nativePrimitives,
      height: 0,
      transaction: {
        id: randomId(),
        contract: 'membership',
        name: 'genesis',
        args,
        digest: 'a'.repeat(64),
        time: '2026-01-01T00:00:00.000Z',
      },
      submitter: { organisation: 'lakeside', role: 'admin' },
    });
    return outcome.kind;
  } catch (error) {
    return (error as LedgerError).reason;
  }
}

test('a genesis is refused when a founder’s keys, address, ledger or fellow founders are not what it signed', () => {
  const ledger = randomId();
  const founders = [joining('st-mary'), joining('lakeside'), joining('meridian')];
  const genesis = genesisOf(ledger, founders);
  const [first, ...others] = genesis.founders;
  expect(submit({ ...genesis, ledger: randomId() })).toBe('signature');
  expect(submit({ ...genesis, founders: others })).toBe('signature');
  expect(
    submit({
      ...genesis,
      founders: [
        {
          ...first,
          keys: createOrganisationKeys().map(({ id, use, algorithm }) => ({
            id,
            use,
            algorithm,
            key: first?.keys[0]?.key,
          })),
        },
        ...others,
      ],
    }),
  ).not.toBe('applied');
  expect(
    submit({
      ...genesis,
      founders: [
        { ...first, address: { url: 'https://attacker.example', origin: first?.address.origin } },
        ...others,
      ],
    }),
  ).toBe('signature');
  expect(submit({ ...genesis, founders: [{ ...first, signature: others[0]?.signature }, ...others] })).toBe(
    'signature',
  );
});

test('founders found a ledger together, in whatever order they are named', () => {
  const ledger = randomId();
  const founders = [joining('st-mary'), joining('aurora'), joining('lakeside')];
  expect(submit(genesisOf(ledger, founders))).toBe('applied');
});

test('each founder can sign alone, with its keys at home', () => {
  const ledger = randomId();
  const founders = [joining('st-mary'), joining('lakeside')];
  const together = genesisOf(ledger, founders);
  const applicants = together.founders.map(({ signature: _signature, ...applicant }) => applicant);
  const apart = founders.map((founder) => signFounding(ledger, applicants.toReversed(), founder));
  expect(apart.toSorted((a, b) => (a.organisation < b.organisation ? -1 : 1))).toEqual(together.founders);
});
