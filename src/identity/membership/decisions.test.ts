import fc from 'fast-check';
import { expect, test } from 'vitest';
import { policyHash, policyTexts } from '../policy-texts.ts';
import { LEDGER, refusal, TestMembership } from './test-membership.ts';

const FOUR = ['aurora', 'lakeside', 'meridian', 'st-mary'] as const;

interface Step {
  readonly kind: 'suspend' | 'reinstate' | 'approve';
  readonly by: number;
  /** Whom a proposal is about. */
  readonly about: number;
  /** Which proposal is approved, counted from the newest. */
  readonly back: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('suspend', 'reinstate', 'approve', 'approve', 'approve'),
  by: fc.nat(3),
  about: fc.nat(3),
  back: fc.nat(3),
});

interface Proposal {
  readonly kind: 'suspend' | 'reinstate';
  readonly about: string;
  readonly approvals: Set<string>;
  isDone: boolean;
}

/** What membership promises about votes. */
class Model {
  readonly active = new Set<string>(FOUR);
  readonly proposals: Proposal[] = [];

  propose(kind: Proposal['kind'], by: string, about: string): string {
    if (!this.active.has(by)) return 'rejected/suspended';
    const proposal = { kind, about, approvals: new Set<string>(), isDone: false };
    const answer = this.#vote(proposal, by);
    if (answer === 'done') this.proposals.push(proposal);
    return answer;
  }

  approve(proposal: Proposal, by: string): string {
    if (!this.active.has(by)) return 'rejected/suspended';
    // Approving what one has approved oneself is the same transaction again; the proposer never sent an approval.
    if (proposal.isDone) return 'conflict/decided';
    return this.#vote(proposal, by);
  }

  #vote(proposal: Proposal, by: string): string {
    const approvals = new Set([...proposal.approvals, by]);
    const inFavour = [...this.active].filter((member) => approvals.has(member)).length;
    if (inFavour * 2 > this.active.size) {
      const isSuspension = proposal.kind === 'suspend';
      if (this.active.has(proposal.about) !== isSuspension) return 'rejected/status';
      if (isSuspension && this.active.size === 1) return 'rejected/last-key';
      if (isSuspension) this.active.delete(proposal.about);
      else this.active.add(proposal.about);
      proposal.isDone = true;
    }
    proposal.approvals.add(by);
    return 'done';
  }
}

test('whatever is proposed and approved in whatever order, only majorities of active members change anything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const membership = await TestMembership.begun(FOUR);
      const model = new Model();
      const ids: string[] = [];
      for (const { kind, by, about, back } of steps) {
        const voter = FOUR[by] ?? '';
        const subject = FOUR[about] ?? '';
        const index = model.proposals.length - 1 - back;
        const proposal = model.proposals[index];
        if (kind === 'approve') {
          if (proposal === undefined || proposal.approvals.has(voter)) continue;
          const approved = membership.submit(voter, 'approve', { proposal: ids[index] });
          const answer = await refusal(approved).catch(() => 'done');
          expect(answer).toBe(model.approve(proposal, voter));
        } else {
          const proposed = membership.propose(voter, { kind, organisation: subject });
          const answer = await refusal(proposed).catch(() => 'done');
          expect(answer).toBe(model.propose(kind, voter, subject));
          if (answer === 'done') ids.push(await proposed);
        }
      }
      const policy = await membership.policy();
      expect(policy.members.map(({ organisation }) => organisation)).toEqual([...model.active].sort());
      expect(policyHash(policyTexts(LEDGER, policy).network)).toBe(policy.networkHash);
      expect(await membership.engine.problems()).toEqual([]);
      membership.end();
    }),
    { numRuns: 40 },
  );
});
