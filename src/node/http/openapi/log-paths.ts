import { content, inPath, inQuery, json, operation, type Paths, ref, text } from './operation-object.ts';
import { ORGANISATION } from './scalars.ts';

const bytes = content('application/octet-stream', {
  type: 'string',
  contentMediaType: 'application/octet-stream',
});
const level = inPath(
  'level',
  { type: 'string', pattern: '^([0-9]|[1-5][0-9]|6[0-3]|entries)$' },
  'Level, or "entries".',
);
const index = inPath(
  'index',
  { type: 'string' },
  'Index in groups of three digits, "x" before all but the last, and ".p/<width>" for a partial tile.',
);

/** The log of one organisation, below `/orgs/{org}`. */
export const logPaths: Paths = {
  '/log/checkpoint': {
    get: operation({
      id: 'checkpoint',
      tag: 'proof',
      summary: 'Newest checkpoint with its quorum of cosignatures (C2SP tlog-checkpoint)',
      asker: 'public',
      answers: { 200: ['A signed note.', text()] },
      refusals: [404],
    }),
  },
  '/log/tile/{level}/{index}': {
    get: operation({
      id: 'tile',
      tag: 'proof',
      summary: 'A tile of the log (C2SP tlog-tiles)',
      asker: 'public',
      parameters: [level, index],
      answers: { 200: ['Hashes or entries; never changes.', bytes] },
      refusals: [404],
    }),
  },
  '/log/mirror/{owner}/tile/{level}/{index}': {
    get: operation({
      id: 'mirroredTile',
      tag: 'proof',
      summary:
        "A tile of another member's log, as this organisation mirrors it; successor logs as {owner}/{k}",
      asker: 'public',
      parameters: [inPath('owner', ORGANISATION), level, index],
      answers: { 200: ['Hashes or entries.', bytes] },
      refusals: [404],
    }),
  },
  '/log/mirror/{owner}/checkpoint': {
    get: operation({
      id: 'mirroredCheckpoint',
      tag: 'proof',
      summary: "Newest checkpoint of another member's log that this organisation mirrors completely",
      asker: 'public',
      parameters: [inPath('owner', ORGANISATION)],
      answers: { 200: ['A signed note.', text()] },
      refusals: [404],
    }),
  },
  '/log/policy': {
    get: operation({
      id: 'logPolicy',
      tag: 'proof',
      summary: 'Trust policy of this log (C2SP tlog-policy)',
      asker: 'public',
      parameters: [inQuery('version', { type: 'integer', minimum: 0 }, 'An older version.')],
      answers: { 200: ['The policy.', text()] },
      refusals: [400, 404],
    }),
  },
  '/log/renew': {
    post: operation({
      id: 'renew',
      tag: 'proof',
      summary: 'A newer proof of an entry, of this log or of one that is mirrored here',
      asker: 'public',
      body: json(ref('Renewal')),
      answers: { 200: ['A tlog-proof.', text()] },
      refusals: [400, 404, 413, 422, 503],
    }),
  },
  '/ledger/cosign': {
    post: operation({
      id: 'cosignLedgerLog',
      tag: 'ledger',
      summary:
        "This member's signature over a checkpoint of the ledger log; given only when its own log says the same",
      asker: 'public',
      body: text(),
      answers: { 200: ['A signature line.', text()] },
      refusals: [400, 409, 413, 415, 503],
    }),
  },
  '/log/add-checkpoint': {
    post: operation({
      id: 'addCheckpoint',
      tag: 'proof',
      summary: 'This organisation as witness (C2SP tlog-witness); what is sent is judged by its content',
      asker: 'public',
      body: text(),
      answers: {
        200: ['Cosignature lines.', text()],
        409: ['The size this witness has.', text('text/x.tlog.size')],
        400: ['Malformed.', text()],
        403: ['No key that is trusted here signed it.', text()],
        404: ['A log that is not known here.', text()],
        413: ['Larger than a checkpoint with its proof can be.', text()],
        422: ['The consistency proof does not prove it.', text()],
        503: ['Not now; try again.', text()],
      },
    }),
  },
};
