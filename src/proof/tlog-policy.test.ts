import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  HOST,
  LEDGER,
  ledgerSigner,
  logSigner,
  member,
  signerFor,
  witnessSigner,
} from '../../test/interop/network.ts';
import {
  ED25519_COSIGNATURE,
  ED25519_NOTE,
  formatLogPolicy,
  formatNetworkPolicy,
  formatVerifierKey,
  isQuorumMet,
  ledgerQuorum,
  parsePolicy,
  policyHash,
  type Signer,
  sha256,
  utf8,
  withdrawPolicy,
  witnessQuorum,
} from './index.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'ProofError', code });
const organisations = ['aurora', 'lakeside', 'meridian', 'st-mary'];
const members = organisations.map(member);
const content = { ledger: LEDGER, version: 3, members };
const key = (
  { name, publicKey }: Signer,
  type: typeof ED25519_NOTE | typeof ED25519_COSIGNATURE = ED25519_COSIGNATURE,
) => formatVerifierKey({ name, publicKey, type });
const witness = (name: string) => `witness ${name} ${key(signerFor(name))}\n`;

describe('the policy of a network', () => {
  test('is this text, to the byte', () => {
    const [a, b, c, d] = members;
    expect(formatNetworkPolicy({ ...content, members: members.toReversed() })).toBe(
      [
        `# holdfast policy ${LEDGER} 3`,
        `log ${a?.log}`,
        `log ${b?.log}`,
        `log ${c?.log}`,
        `log ${d?.log}`,
        `witness aurora ${a?.witness}`,
        `witness lakeside ${b?.witness}`,
        `witness meridian ${c?.witness}`,
        `witness st-mary ${d?.witness}`,
        `# ledger ${a?.ledger}`,
        `# ledger ${b?.ledger}`,
        `# ledger ${c?.ledger}`,
        `# ledger ${d?.ledger}`,
        'group witnesses 2 aurora lakeside meridian st-mary',
        'quorum witnesses',
        '',
      ].join('\n'),
    );
  });

  test('reads back as what it was made from', () => {
    const policy = parsePolicy(formatNetworkPolicy(content));
    expect(policy.header).toEqual({ ledger: LEDGER, version: 3 });
    expect(policy.logs.map(({ name }) => name)).toEqual(organisations.map((org) => `${HOST}/orgs/${org}`));
    expect([...policy.witnesses.keys()]).toEqual(organisations);
    expect(policy.ledgerKeys.map(({ publicKey }) => publicKey)).toEqual(
      organisations.map((org) => ledgerSigner(org).publicKey),
    );
    expect(policy.withdrawn).toBe(false);
  });

  test('is not made with a key under the name of another member', () => {
    const [first, ...others] = members;
    const stolen = { ...member('aurora'), organisation: 'lakeside' };
    expect(() => formatNetworkPolicy({ ...content, members: [...others, stolen] })).toThrow(
      refusal('malformed'),
    );
    const wrongLog = { ...member('aurora'), log: key(signerFor(`${HOST}/orgs/lakeside`), ED25519_NOTE) };
    expect(() => formatNetworkPolicy({ ...content, members: [wrongLog, ...others] })).toThrow(
      refusal('malformed'),
    );
    const wrongType = { ...member('aurora'), log: key(logSigner('aurora')) };
    expect(() => formatNetworkPolicy({ ...content, members: [wrongType, ...others] })).toThrow(
      refusal('unsupported'),
    );
    expect(() =>
      formatNetworkPolicy({ ...content, members: [first ?? member('aurora'), ...members] }),
    ).toThrow(refusal('malformed'));
    expect(() => formatNetworkPolicy({ ...content, ledger: 'f'.repeat(32) })).toThrow(refusal('malformed'));
    expect(() => formatNetworkPolicy({ ...content, version: -1 })).toThrow(refusal('malformed'));
  });

  test('names successors of a log, whose witness keeps its name', () => {
    const successor = { ...member('aurora'), log: key(signerFor(`${HOST}/orgs/aurora/2`), ED25519_NOTE) };
    expect(formatNetworkPolicy({ ...content, members: [successor, ...members.slice(1)] })).toContain(
      `log ${HOST}/orgs/aurora/2+`,
    );
  });
});

describe('the policy of one log', () => {
  test('lists the other members as witnesses', () => {
    const policy = parsePolicy(formatLogPolicy(content, 'st-mary'));
    expect(policy.logs.map(({ name }) => name)).toEqual([logSigner('st-mary').name]);
    expect([...policy.witnesses.keys()]).toEqual(['aurora', 'lakeside', 'meridian']);
    expect([...policy.witnesses.values()].map(({ name }) => name)).toContain(witnessSigner('aurora').name);
    expect(policy.ledgerKeys).toEqual([]);
  });

  test('of a single member asks for no witness', () => {
    const alone = { ...content, members: [member('aurora')] };
    expect(formatLogPolicy(alone, 'aurora')).toMatch(/^# holdfast policy \S+ 3\nlog \S+\nquorum none\n$/);
    expect(parsePolicy(formatNetworkPolicy(alone)).quorum).toEqual({ kind: 'none' });
  });

  test('is not made for an organisation that is no member', () => {
    expect(() => formatLogPolicy(content, 'evil')).toThrow(refusal('malformed'));
  });
});

describe('quorums', () => {
  test.each([
    [1, 0, 1],
    [2, 1, 2],
    [3, 2, 3],
    [4, 2, 3],
    [5, 3, 4],
    [6, 4, 5],
    [7, 4, 5],
    [10, 6, 7],
    [23, 15, 16],
    [24, 10, 17],
    [1000, 10, 667],
  ])('of %i members are %i witnesses and %i block log signatures', (n, witnesses, ledger) => {
    expect(witnessQuorum(n)).toBe(witnesses);
    expect(ledgerQuorum(n)).toBe(ledger);
  });

  test('from 24 members on are of 15 elected witnesses', () => {
    const many = Array.from({ length: 24 }, (_unused, index) =>
      member(`org-${String(index).padStart(2, '0')}`),
    );
    const elected = many.slice(5, 20).map(({ organisation }) => organisation);
    const large = { ledger: LEDGER, version: 1, members: many };
    expect(() => formatNetworkPolicy(large)).toThrow(refusal('malformed'));
    expect(() => formatNetworkPolicy({ ...content, elected })).toThrow(refusal('malformed'));
    expect(() => formatNetworkPolicy({ ...large, elected: elected.slice(1) })).toThrow(refusal('malformed'));
    const network = parsePolicy(formatNetworkPolicy({ ...large, elected }));
    expect(network.logs).toHaveLength(24);
    expect([...network.witnesses.keys()]).toEqual(elected);
    expect(network.quorum).toMatchObject({ kind: 'group', threshold: 10 });
    expect(parsePolicy(formatLogPolicy({ ...large, elected }, 'org-07')).witnesses.size).toBe(14);
    expect(parsePolicy(formatLogPolicy({ ...large, elected }, 'org-00')).witnesses.size).toBe(15);
  });
});

describe('a policy of the C2SP format', () => {
  const example = `${witness('X1')}${witness('X2')}${witness('X3')}group X-witnesses 2 X1 X2 X3\n\n${witness('Y1')}${witness('Y2')}group Y-witnesses any Y1 Y2\n\t # remark\ngroup X-and-Y all X-witnesses\tY-witnesses \n quorum X-and-Y\nlog ${key(signerFor('example.com/log'), ED25519_NOTE)} https://example.com/\n`;

  test('with nested groups is judged by its quorum', () => {
    const { quorum, header } = parsePolicy(example);
    expect(header).toBeUndefined();
    expect(isQuorumMet(quorum, new Set(['X1', 'X3', 'Y2']))).toBe(true);
    expect(isQuorumMet(quorum, new Set(['X1', 'X2', 'X3']))).toBe(false);
    expect(isQuorumMet(quorum, new Set(['X1', 'Y1', 'Y2']))).toBe(false);
  });

  test.each([
    ['no quorum', ''],
    ['two quorums', 'quorum none\nquorum none\n'],
    ['a quorum of an unknown name', 'quorum a\n'],
    ['an unknown line', 'logs\nquorum none\n'],
    ['a group that asks for more than it has', `${witness('a')}group g 2 a\nquorum g\n`],
    ['a group that asks for nothing', `${witness('a')}group g 0 a\nquorum g\n`],
    ['a group that asks for a word', `${witness('a')}group g constructor a\nquorum g\n`],
    ['a group with a leading zero', `${witness('a')}group g 01 a\nquorum g\n`],
    ['a group without members', 'group g any\nquorum g\n'],
    ['a group with a member twice', `${witness('a')}group g 2 a a\nquorum g\n`],
    ['a member of two groups', `${witness('a')}group g 1 a\ngroup h 1 a\nquorum g\n`],
    ['a group of none', 'group g 1 none\nquorum g\n'],
    ['a name defined after its use', `group g 1 a\n${witness('a')}quorum g\n`],
    ['a name defined twice', `${witness('a')}group a 1 a\nquorum a\n`],
    ['a witness called none', `witness none ${key(signerFor('a'))}\nquorum none\n`],
    ['one key for two witnesses', `${witness('a')}witness b ${key(signerFor('b', 'a'))}\nquorum none\n`],
    [
      'one key for two logs',
      `log ${key(signerFor('a', 'x'), ED25519_NOTE)}\nlog ${key(signerFor('b', 'x'), ED25519_NOTE)}\nquorum none\n`,
    ],
    ['a ledger key without header', `# ledger ${key(ledgerSigner('aurora'))}\nquorum none\n`],
    [
      'a ledger key of another ledger',
      `# holdfast policy ${'f'.repeat(32)} 1\n# ledger ${key(ledgerSigner('aurora'))}\nquorum none\n`,
    ],
    [
      'two ledger keys of one member',
      `# holdfast policy ${LEDGER} 1\n# ledger ${key(ledgerSigner('aurora'))}\n# ledger ${key(signerFor(ledgerSigner('aurora').name, 'x'))}\nquorum none\n`,
    ],
    ['a broken header', '# holdfast policy x 1\nquorum none\n'],
    ['a version with a leading zero', `# holdfast policy ${LEDGER} 01\nquorum none\n`],
    ['a carriage return', 'quorum none\r\n'],
    ['no last newline', 'quorum none'],
    ['an unreadable key', 'log a+00000000+AAAA\nquorum none\n'],
  ])('is refused with %s', (_what, text) => {
    expect(() => parsePolicy(text)).toThrow(expect.objectContaining({ name: 'ProofError' }));
  });

  test('takes a witness key as log key for no reason', () => {
    expect(() => parsePolicy(`log ${key(signerFor('a'))}\nquorum none\n`)).toThrow(refusal('unsupported'));
    expect(() => parsePolicy(`witness a ${key(signerFor('a'), ED25519_NOTE)}\nquorum none\n`)).toThrow(
      refusal('unsupported'),
    );
  });
});

describe('a withdrawn policy', () => {
  const text = formatNetworkPolicy(content);

  test('says so, and keeps its hash', () => {
    const withdrawn = withdrawPolicy(text);
    expect(withdrawn).toBe(`${text}# withdrawn\n`);
    expect(withdrawPolicy(withdrawn)).toBe(withdrawn);
    expect(parsePolicy(withdrawn).withdrawn).toBe(true);
    expect(policyHash(withdrawn)).toEqual(policyHash(text));
    expect(policyHash(text)).toEqual(sha256(utf8(text)));
  });

  property.prop([fc.nat(text.length - 1)])('has another hash as soon as another byte changes', (at) => {
    const altered = `${text.slice(0, at)}~${text.slice(at + 1)}`;
    expect(policyHash(altered)).not.toEqual(policyHash(text));
  });
});
