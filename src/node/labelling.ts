import { z } from 'zod';
import { DEFAULT_CODE_SETS, DEFAULT_LABEL_RULES, type LabelRules, labelRules } from '../consent/index.ts';

const LABEL = /^\S+\|\S+$/;
/** A code, or the beginning of one: at least two characters and a `*`. */
const CODE = /^(?!\*)(?!.\*$)[^\s*]+\*?$/;
const MAX_CODES = 20_000; // several times the largest published value set of sensitive codes

const codeSet = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  title: z.string().min(1).max(200),
  labels: z.array(z.string().max(512).regex(LABEL)).min(1).max(16),
  codes: z.record(z.string().min(1).max(512), z.array(z.string().max(256).regex(CODE)).min(1).max(MAX_CODES)),
  source: z.string().min(1).max(500),
});

/** What an organisation says of sensitive data, in its configuration. */
export const labelling = z.strictObject({
  /** Who is a program under 42 CFR 2.11: the organisation, or units, staff and places of it as FHIR references. */
  part2Program: z
    .union([
      z.literal('organisation'),
      z
        .array(z.string().regex(/^[A-Z][A-Za-z]{0,63}\/[A-Za-z0-9\-.]{1,64}$/))
        .min(1)
        .max(1_000),
    ])
    .optional(),
  /** Code sets beside those that everybody has. */
  codeSets: z.array(codeSet).max(100).default([]),
});

/** The rules that stand for a configuration. */
export function labelRulesOf({ part2Program, codeSets }: z.infer<typeof labelling>): LabelRules {
  if (part2Program === undefined && codeSets.length === 0) return DEFAULT_LABEL_RULES;
  return labelRules([...DEFAULT_CODE_SETS, ...codeSets], part2Program);
}
