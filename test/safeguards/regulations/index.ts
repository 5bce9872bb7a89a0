import type { Regulation } from '../requirement.ts';
import { administrative } from './administrative.ts';
import { individualRights } from './individual-rights.ts';
import { informationBlocking } from './information-blocking.ts';
import { organizational } from './organizational.ts';
import { part2 } from './part-2.ts';
import { part11 } from './part-11.ts';
import { physical } from './physical.ts';
import { technical } from './technical.ts';
import { usesAndDisclosures } from './uses-and-disclosures.ts';

/** In the order of the document. */
export const regulations: readonly Regulation[] = [
  administrative,
  physical,
  technical,
  organizational,
  usesAndDisclosures,
  individualRights,
  part2,
  informationBlocking,
  part11,
];
