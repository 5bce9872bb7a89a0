import { audit, cursor, id, ofPatient } from './audit-operation.ts';
import { inQuery, type Paths } from './operation-object.ts';
import { ID, LOGICAL_ID, object, string } from './scalars.ts';

const text = string();

/** Broken glass, its review, and why something was withheld, below `/orgs/{org}`. */
export const emergencyPaths: Paths = {
  '/break-glass': {
    post: audit({
      id: 'breakGlass',
      summary:
        'Open one patient’s record in an emergency, for a time, with a reason; clinicians with a token for BTG',
      body: object(
        {
          patient: LOGICAL_ID,
          reason: { enum: ['medical-emergency', 'disaster', 'serious-threat'] },
          text: { type: 'string', minLength: 10, maxLength: 8000 },
          minutes: { type: 'integer', minimum: 1, maximum: 240, default: 60 },
          name: text,
        },
        ['minutes', 'name'],
      ),
      status: 201,
      answer: object({
        id: ID,
        patient: LOGICAL_ID,
        reason: text,
        opened: text,
        until: text,
        stale: { type: 'boolean' },
        purpose: { const: 'BTG' },
      }),
      refusals: [404, 413, 429],
    }),
  },
  '/audit/break-glass': {
    get: audit({
      id: 'brokenGlass',
      summary: 'Emergency accesses with their facts and reviews, newest first; for privacy officers',
      parameters: [ofPatient, cursor],
    }),
  },
  '/audit/break-glass/{id}/review': {
    post: audit({
      id: 'reviewBreakGlass',
      summary: 'Note what came of looking into an emergency access',
      parameters: [id],
      body: object({ outcome: { enum: ['justified', 'violation'] }, note: text }),
      refusals: [404, 409, 413],
    }),
  },
  '/audit/refusals': {
    get: audit({
      id: 'refusals',
      summary:
        'What was withheld, and the exception from information blocking (45 CFR part 171); for privacy officers',
      parameters: [inQuery('event', ID, 'Id of one AuditEvent.'), cursor],
      refusals: [404],
    }),
  },
};
