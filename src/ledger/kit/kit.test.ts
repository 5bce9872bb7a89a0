import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  address,
  type Contract,
  commitment,
  count,
  defineContract,
  describeContract,
  id,
  key,
  LedgerError,
  list,
  object,
  oneOf,
  optional,
  organisation,
  origin,
  query,
  registryId,
  signature,
  time,
  transaction,
} from '../index.ts';
import { testContracts } from '../suite/test-contracts.ts';

function contract(name: string, args: Parameters<typeof object>[0], queryArgs = {}): Contract {
  return {
    name,
    version: 1,
    transactions: { put: transaction({ args, object: () => 'x', apply: () => undefined }) },
    queries: { get: query({ args: queryArgs, run: () => null }) },
  };
}

describe('a contract has no field for free text', () => {
  test('a field that looks like the kit’s is not one', () => {
    const forged = { description: { kind: 'id' as const }, parse: (value: unknown) => value };
    expect(() => contract('toy', { name: forged })).toThrow(/not a field of the kit/);
    expect(() => contract('toy', { names: list(forged, { max: 2 }) })).toThrow();
    const whole = contract('toy', {});
    const smuggled = { ...whole, transactions: { put: { ...whole.transactions.put, args: forged } } };
    expect(() => defineContract(smuggled as unknown as Contract)).toThrow(/not of the kit/);
    expect(() => describeContract(smuggled as unknown as Contract)).toThrow(/not of the kit/);
  });

  test('addresses are taken by membership alone, origins in queries alone, however deep they are', () => {
    const deep = { members: list(object({ at: optional(address()) }), { max: 2 }) };
    expect(() => defineContract(contract('toy', deep))).toThrow(/must not take a field of kind address/);
    expect(() => defineContract(contract('membership', deep))).not.toThrow();
    expect(() => defineContract(contract('membership', { log: origin() }))).toThrow(/kind origin/);
    expect(() => defineContract(contract('toy', {}, { log: origin() }))).not.toThrow();
  });

  test.each([
    /.*/,
    /^.{10}$/,
    /^\w+$/,
    /^[a-z]{9}$/,
    /^NCT\d+$/,
    /^(A|B)$/,
    /^[^A]$/,
    /NCT\d{8}/,
    /^\d{60}$/,
    /^[A-Z ]{9}$/,
    /^A$/i,
  ])('the registry pattern %s is refused', (pattern) => expect(() => registryId(pattern)).toThrow());

  test('a transaction names its object, unless it is stateless', () => {
    expect(() => transaction({ args: {}, apply: () => undefined })).toThrow(/names its object/);
    expect(() =>
      transaction({ args: {}, mode: 'stateless', object: () => 'x', apply: () => undefined }),
    ).toThrow();
  });

  test('what a contract takes can be walked', () => {
    const described = testContracts.map(describeContract).find(({ name }) => name === 'counter');
    expect(described?.transactions.set).toEqual({
      kind: 'object',
      fields: {
        id: { kind: 'id' },
        sequence: { kind: 'count', max: Number.MAX_SAFE_INTEGER },
        value: { kind: 'count', max: Number.MAX_SAFE_INTEGER },
        note: { kind: 'optional', of: { kind: 'commitment' } },
        parts: {
          kind: 'optional',
          of: {
            kind: 'list',
            max: 3,
            of: { kind: 'object', fields: { of: { kind: 'one-of', values: ['half', 'whole'] } } },
          },
        },
      },
    });
  });
});

const BASE64_32 = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const CASES: Record<
  string,
  { field: { parse(value: unknown, path: string): unknown }; good: unknown[]; bad: unknown[] }
> = {
  id: {
    field: id(),
    good: ['0'.repeat(32)],
    bad: ['0'.repeat(31), `${'0'.repeat(32)}\n`, 'G'.repeat(32), 7, null],
  },
  commitment: {
    field: commitment(),
    good: [BASE64_32],
    bad: [BASE64_32.slice(1), `${BASE64_32}\n`, BASE64_32.replace('=', 'A'), BASE64_32.replace('A=', 'B=')],
  },
  key: { field: key(), good: [BASE64_32], bad: ['', undefined, [BASE64_32]] },
  signature: { field: signature(), good: [`${'A'.repeat(86)}==`], bad: [BASE64_32, `${'A'.repeat(85)}B==`] },
  organisation: {
    field: organisation(),
    good: ['st-mary', 'a1'],
    bad: ['a', 'St-mary', '1a', 'a'.repeat(33), 'a b', 'a\n'],
  },
  time: {
    field: time(),
    good: ['2024-02-29T23:59:59.999Z'],
    bad: [
      '2023-02-29T00:00:00.000Z',
      '2024-01-01T24:00:00.000Z',
      '2024-01-01T00:00:00.000+00:00',
      '+02024-01-01T00:00:00.000Z',
      '2024-01-01',
    ],
  },
  count: {
    field: count(10),
    good: [0, 10],
    bad: [-1, 11, 0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null],
  },
  oneOf: { field: oneOf('half', 'whole'), good: ['half'], bad: ['third', '', 'toString', ['half']] },
  registryId: {
    field: registryId(/^NCT\d{8}$/),
    good: ['NCT01234567'],
    bad: ['NCT0123456', 'nct01234567', 'NCT01234567\n', 'NCT０１２３４５６７'],
  },
  origin: {
    field: origin(),
    good: ['holdfast.local/orgs/st-mary', 'example.org:8471/orgs/a1/2'],
    bad: ['st-mary', 'example.org/orgs/st-mary/1', 'a b/orgs/st-mary', 'x'.repeat(400)],
  },
  address: {
    field: address(),
    good: [
      { url: 'https://example.org/orgs/a1', origin: 'example.org/orgs/a1' },
      { url: 'http://localhost:8471', origin: 'h/orgs/a1' },
    ],
    bad: [
      'https://example.org',
      { url: 'https://example.org/?name=Anna', origin: 'h/orgs/a1' },
      { url: 'https://anna:secret@example.org', origin: 'h/orgs/a1' },
      { url: 'https://example.org/a b', origin: 'h/orgs/a1' },
      { url: 'javascript:alert(1)', origin: 'h/orgs/a1' },
      { url: 'https://example.org/', origin: 'h/orgs/a1' },
      { url: 'https://example.org', origin: 'h/orgs/a1', remark: 'x' },
      { url: 'https://example.org' },
    ],
  },
};

describe.each(Object.entries(CASES))('the field %s', (_name, { field, good, bad }) => {
  test('takes what has its form and nothing else', () => {
    for (const value of good) expect(field.parse(value, 'args.x')).toEqual(value);
    for (const value of bad) {
      expect(() => field.parse(value, 'args.x'), String(value)).toThrow(LedgerError);
      expect(() => field.parse(value, 'args.x')).toThrow(/^args\.x/);
    }
  });

  test('throws nothing but a refusal that leaves the value out, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withMap: true }), (value) => {
        try {
          field.parse(value, 'args.x');
        } catch (error) {
          expect(error).toBeInstanceOf(LedgerError);
          if (typeof value === 'string' && value.length > 12)
            expect((error as Error).message).not.toContain(value);
        }
      }),
      { numRuns: 200 },
    );
  });
});
