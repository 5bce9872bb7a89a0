import { expect, test } from 'vitest';
import type { HostedOrganisation } from '../organisation/hosted.ts';
import { warnings } from './readiness.ts';

/** An organisation of which so many statements wait for labels. */
const hosted = (waiting: number) =>
  ({
    core: {
      id: 'st-mary',
      alarms: { list: () => [] },
      log: { cosigned: () => undefined, size: () => 0 },
    },
    background: { statements: { waiting } },
  }) as unknown as HostedOrganisation;

test('anybody may read that statements wait for their labels, and not how many people dispute their records', () => {
  expect(warnings([hosted(0)])).toEqual([]);
  const [told, ...more] = warnings([hosted(7)]);
  expect(more).toEqual([]);
  expect(told).toMatch(/^st-mary: statements about records may lack labels/);
  expect(told).not.toMatch(/\d/);
  expect(warnings([hosted(1)])).toEqual([told]);
});
