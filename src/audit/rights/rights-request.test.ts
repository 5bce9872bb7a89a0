import { describe, expect, test } from 'vitest';
import { AuditError } from '../errors.ts';
import type { RightsKind } from './clock.ts';
import { ACCESS_GROUNDS, deny, grant, isOverdue, type RightsRequest, receive } from './rights-request.ts';

const at = (day: string) => ({ at: new Date(`${day}T12:00:00.000Z`), actor: 'officer-1', text: 'In words.' });
const request = (kind: RightsKind): RightsRequest =>
  receive({ id: '0'.repeat(32), kind, patient: 'p1', object: 'Patient/p1' }, at('2026-01-01'));
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    if (error instanceof AuditError) return error.code;
    throw error;
  }
};

describe('a request', () => {
  test('access is denied on the grounds of the rule only, with what can be done next', () => {
    for (const ground of ['too-much-work', '', 'constructor', 'accurate-and-complete'])
      expect([ground, codeOf(() => deny(request('access'), ground, at('2026-01-05')))]).toEqual([
        ground,
        'malformed',
      ]);
    for (const [ground, clause] of Object.entries(ACCESS_GROUNDS)) {
      const denied = deny(request('access'), ground, at('2026-01-05'));
      expect(denied.status).toBe('denied');
      expect(denied.steps.at(-1)).toMatchObject({ what: 'denied', clause, actor: 'officer-1' });
      // 45 CFR 164.524(d)(2)(ii) and (iii): review, and to whom to complain.
      expect(denied.nextSteps).toMatch(/reviewed by another licensed professional.*Secretary of Health/);
    }
  });

  test('an accounting is denied by nobody', () => {
    for (const ground of [...Object.keys(ACCESS_GROUNDS), 'not-created-here'])
      expect(codeOf(() => deny(request('accounting'), ground, at('2026-01-05')))).toBe('malformed');
  });

  test('what was decided is not decided again', () => {
    const denied = deny(request('access'), 'endangers-life', at('2026-01-05'));
    expect(codeOf(() => grant(denied, at('2026-01-06')))).toBe('out-of-order');
    const granted = grant(request('access'), at('2026-01-05'));
    expect(codeOf(() => deny(granted, 'endangers-life', at('2026-01-06')))).toBe('out-of-order');
  });

  test('an open request is overdue once its time is over, and no closed one is', () => {
    const open = request('access');
    const onTime = new Date(open.due);
    const late = new Date(onTime.getTime() + 1);
    expect([isOverdue(open, onTime), isOverdue(open, late)]).toEqual([false, true]);
    expect(isOverdue(grant(open, at('2026-01-05')), late)).toBe(false);
    expect(isOverdue(deny(open, 'endangers-life', at('2026-01-05')), late)).toBe(false);
  });
});
