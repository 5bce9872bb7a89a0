import { inPath, json, operation, type Paths, ref } from './operation-object.ts';
import { array, ID, LOGICAL_ID, object, string } from './scalars.ts';

const patient = inPath('patient', LOGICAL_ID, 'Logical id of the Patient at this organisation.');
const reason = json(
  object({ reason: { enum: ['subject-request', 'retention-expired', 'court-order', 'entered-in-error'] } }),
);
const merge = json(object({ from: LOGICAL_ID, into: LOGICAL_ID, actor: string(), time: string() }));

/** Erasure and merging, below `/orgs/{org}`. */
export const erasurePaths: Paths = {
  '/patients/{patient}/erasure': {
    post: operation({
      id: 'erase',
      tag: 'patient',
      summary: "Destroy the patient's key: every version of their record becomes unreadable",
      asker: 'bearer',
      parameters: [patient],
      body: reason,
      answers: { 200: ['The signed tombstone.', json(ref('Tombstone'))] },
      refusals: [400, 401, 403, 404, 409, 410, 503, 507],
    }),
  },
  '/records/{type}/{id}/erasure': {
    post: operation({
      id: 'eraseRecord',
      tag: 'patient',
      summary: 'Destroy the keys of one record: every version of it becomes unreadable',
      asker: 'bearer',
      parameters: [inPath('type', string('^[A-Z][A-Za-z]{0,63}$')), inPath('id', LOGICAL_ID)],
      body: reason,
      answers: { 200: ['The signed tombstone.', json(ref('Tombstone'))] },
      refusals: [400, 401, 403, 404, 409, 410, 503, 507],
    }),
  },
  '/patients/{patient}/merge': {
    post: operation({
      id: 'merge',
      tag: 'patient',
      summary: 'Wrap the keys of this patient for another: one record from now on',
      asker: 'bearer',
      parameters: [patient],
      body: json(object({ into: LOGICAL_ID })),
      answers: { 200: ['The merge.', merge] },
      refusals: [400, 401, 403, 404, 409, 410, 503, 507],
    }),
  },
  '/patients/{patient}/unmerge': {
    post: operation({
      id: 'unmerge',
      tag: 'patient',
      summary: 'Take a merge apart',
      asker: 'bearer',
      parameters: [patient],
      answers: { 200: ['The merge that was.', merge] },
      refusals: [400, 401, 403, 404, 410, 503, 507],
    }),
  },
  '/erasures': {
    get: operation({
      id: 'erasures',
      tag: 'patient',
      summary: 'Every erasure with its tombstone',
      asker: 'bearer',
      answers: {
        200: [
          'The erasures, oldest first.',
          json(object({ erasures: array(object({ tombstone: ref('Tombstone'), event: ID })) })),
        ],
      },
      refusals: [401, 403, 503],
    }),
  },
  '/erasures/{event}/proof': {
    get: operation({
      id: 'erasureProof',
      tag: 'patient',
      summary:
        'Tombstone, its receipt and the ledger’s evidence of each destroyed key, for `holdfast verify`',
      asker: 'bearer',
      parameters: [inPath('event', ID, "Id of the tombstone's event.")],
      answers: { 200: ['The proof.', json({ type: 'object' })] },
      refusals: [400, 401, 403, 404, 503],
    }),
  },
};
