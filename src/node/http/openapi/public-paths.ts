import { content, inPath, inQuery, json, operation, type Paths, ref, text } from './operation-object.ts';

const version = inQuery(
  'version',
  { type: 'integer', minimum: 0 },
  'An older version; the newest when left out.',
);

const nodePaths: Paths = {
  '/': {
    get: operation({
      id: 'portal',
      tag: 'node',
      summary: 'The portal',
      asker: 'public',
      answers: { 200: ['The portal.', content('text/html', { type: 'string' })] },
      refusals: [503],
    }),
  },
  '/health': {
    get: operation({
      id: 'health',
      tag: 'node',
      summary: 'Whether the process lives',
      asker: 'public',
      answers: { 200: ['It does.', json(ref('Health'))] },
    }),
  },
  '/ready': {
    get: operation({
      id: 'ready',
      tag: 'node',
      summary: 'Whether the node may be asked now',
      asker: 'public',
      answers: {
        200: ['It may.', json(ref('Readiness'))],
        503: ['Not now, with reasons.', json(ref('Readiness'))],
      },
    }),
  },
  '/openapi.json': {
    get: operation({
      id: 'openapi',
      tag: 'node',
      summary: 'This document',
      asker: 'public',
      answers: { 200: ['OpenAPI 3.1.', json({ type: 'object' })] },
    }),
  },
  '/metrics': {
    get: operation({
      id: 'metrics',
      tag: 'node',
      summary: 'Metrics for Prometheus: from loopback, or with the metrics token',
      asker: 'bearer-or-signature',
      answers: { 200: ['Prometheus text format.', text()] },
      refusals: [403],
    }),
  },
  '/.well-known/holdfast': {
    get: operation({
      id: 'network',
      tag: 'node',
      summary: 'The ledger, and the organisations that this process hosts',
      asker: 'public',
      answers: { 200: ['Addresses are absolute.', json(ref('Network'))] },
    }),
  },
  '/policy': {
    get: operation({
      id: 'networkPolicy',
      tag: 'proof',
      summary: 'Trust policy of the network (C2SP tlog-policy)',
      asker: 'public',
      parameters: [version],
      answers: { 200: ['The policy.', text()] },
      refusals: [400, 404],
    }),
  },
};

const ledgerPaths: Paths = {
  '/ledger': {
    get: operation({
      id: 'ledger',
      tag: 'ledger',
      summary: 'The ledger as this node sees it: members, anchors, and the network underneath',
      asker: 'bearer-or-signature',
      answers: { 200: ['How far it is, and who stands where.', json(ref('LedgerStatus'))] },
      refusals: [401],
    }),
  },
  '/ledger/blocks': {
    get: operation({
      id: 'blocks',
      tag: 'ledger',
      summary: 'Blocks in order of height; the newest when "from" is left out',
      asker: 'bearer-or-signature',
      parameters: [
        inQuery('from', { type: 'integer', minimum: 0 }, 'Height of the first block.'),
        inQuery('limit', { type: 'integer', minimum: 1, maximum: 200, default: 20 }, 'Blocks of one answer.'),
      ],
      answers: { 200: ['Blocks, and the height of the newest.', json(ref('Blocks'))] },
      refusals: [400, 401],
    }),
  },
  '/ledger/blocks/{height}': {
    get: operation({
      id: 'block',
      tag: 'ledger',
      summary: 'One block',
      asker: 'bearer-or-signature',
      parameters: [inPath('height', { type: 'integer', minimum: 0 })],
      answers: { 200: ['The block.', json(ref('Block'))] },
      refusals: [400, 401, 404],
    }),
  },
  '/ledger/transactions/{id}': {
    get: operation({
      id: 'transactionEvidence',
      tag: 'ledger',
      summary: 'Why an outsider should believe that a transaction was valid',
      asker: 'bearer-or-signature',
      parameters: [inPath('id', { type: 'string' })],
      answers: { 200: ['Block, proof and policy version.', json(ref('Evidence'))] },
      refusals: [401, 404, 503],
    }),
  },
};

const demoPaths: Paths = {
  '/demo/personas': {
    get: operation({
      id: 'personas',
      tag: 'demo',
      summary: 'Everybody to sign in as; all of them are invented',
      asker: 'public',
      answers: { 200: ['Personas.', json({ type: 'array', items: ref('Persona') })] },
    }),
  },
  '/demo/sign-in': {
    post: operation({
      id: 'signIn',
      tag: 'demo',
      summary: 'A token for a persona, at one of its organisations',
      asker: 'public',
      body: json(ref('SignIn')),
      answers: { 200: ['The token.', json(ref('Token'))] },
      refusals: [400, 404, 413, 429],
    }),
  },
};

/** What a node answers for itself; the demo's routes in demo mode only. */
export const publicPaths = (demo: boolean): Paths => ({
  ...nodePaths,
  ...ledgerPaths,
  ...(demo ? demoPaths : {}),
});
