import { describe, expect, test } from 'vitest';
import type { ProposalState } from '../../identity/index.ts';
import type { AgreedMember } from '../../ledger/index.ts';
import { agreementOn } from './agreement.ts';
import { refusal } from './require-agreed.ts';

const members: AgreedMember[] = ['st-mary', 'lakeside', 'meridian', 'aurora'].map((organisation) => ({
  organisation,
  status: 'active',
}));
const joining = { kind: 'join', member: { organisation: 'harbour' } } as ProposalState['change'];
const proposal = (
  change: ProposalState['change'],
  approvals: readonly string[],
  more: Partial<ProposalState> = {},
): ProposalState => ({
  ...{ v: 1, id: '1'.repeat(32), change, proposer: 'st-mary', approvals, status: 'open', height: 4 },
  ...more,
});

describe('an organisation is taken into the channel', () => {
  test('not because it asks: nobody proposed it', () => {
    const agreement = agreementOn('join', 'harbour', members, []);
    expect(agreement).toEqual({ kind: 'none' });
    expect(refusal(agreement as never, 'join', 'harbour')).toContain(
      'holdfast ledger add-org --org harbour=FOLDER --propose --as MEMBER',
    );
  });

  test('not while half of the members want it, and who is still to be asked is named', () => {
    const agreement = agreementOn('join', 'harbour', members, [proposal(joining, ['st-mary', 'lakeside'])]);
    expect(agreement).toMatchObject({
      kind: 'open',
      proposals: [{ approvals: ['st-mary', 'lakeside'], needed: 3, missing: ['meridian', 'aurora'] }],
    });
    expect(refusal(agreement as never, 'join', 'harbour')).toMatch(
      /has 2 of 3 \(missing among meridian, aurora\).*holdfast ledger add-org --org harbour --approve/,
    );
  });

  test('not by the voice of a suspended member, who is not counted', () => {
    const three: AgreedMember[] = members.map((each) =>
      each.organisation === 'aurora' ? { ...each, status: 'suspended' } : each,
    );
    expect(agreementOn('join', 'harbour', three, [proposal(joining, ['aurora', 'st-mary'])])).toMatchObject({
      proposals: [{ approvals: ['st-mary'], needed: 2, missing: ['lakeside', 'meridian'] }],
    });
  });

  test('not by a proposal about another, one to suspend it, or one that was decided', () => {
    const others = [
      proposal({ kind: 'join', member: { organisation: 'mallory' } } as ProposalState['change'], ['st-mary']),
      proposal({ kind: 'suspend', organisation: 'harbour' }, ['st-mary']),
      proposal(joining, ['st-mary', 'lakeside', 'meridian'], { status: 'done' }),
    ];
    expect(agreementOn('join', 'harbour', members, others)).toEqual({ kind: 'none' });
  });

  test('once it is an active member, and again after a reinstatement', () => {
    const harbour: AgreedMember = { organisation: 'harbour', status: 'active' };
    expect(agreementOn('join', 'harbour', [...members, harbour], [])).toEqual({ kind: 'agreed' });
    const back = proposal({ kind: 'reinstate', organisation: 'harbour' }, ['st-mary']);
    expect(
      agreementOn('join', 'harbour', [...members, { ...harbour, status: 'suspended' }], [back]),
    ).toMatchObject({
      kind: 'open',
    });
  });
});

describe('an organisation is kept out of the channel', () => {
  test('not while it is an active member', () => {
    const suspension = proposal({ kind: 'suspend', organisation: 'aurora' }, ['st-mary']);
    expect(agreementOn('suspend', 'aurora', members, [])).toEqual({ kind: 'none' });
    expect(agreementOn('suspend', 'aurora', members, [suspension])).toMatchObject({ kind: 'open' });
  });

  test('once it is suspended, or when it never was a member', () => {
    const suspended: AgreedMember[] = [...members, { organisation: 'harbour', status: 'suspended' }];
    expect(agreementOn('suspend', 'harbour', suspended, [])).toEqual({ kind: 'agreed' });
    expect(agreementOn('suspend', 'mallory', members, [])).toEqual({ kind: 'agreed' });
  });
});
