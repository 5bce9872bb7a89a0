/** Room rules: a room imports only rooms above it, and only through their index.ts (docs/architecture.md). */
const order = [
  'proof', 'r4', 'database', 'crypto', 'ledger', 'log', 'vault', 'identity', 'consent', 'audit', 'fhir', 'exchange', 'node', 'cli',
];

/** Rooms that have fewer neighbours above than their place in the order would allow. */
const narrower = { r4: ['proof'], database: [], crypto: ['proof'] };

const may = (room) => narrower[room] ?? order.slice(0, order.indexOf(room));

const upward = order.map((room) => ({
  name: `${room}-imports-only-rooms-above`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [`^src/(${[room, ...may(room)].join('|')})/`] },
}));

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'a-room-has-one-door',
      severity: 'error',
      comment: 'Other rooms see index.ts only; a suite shared by engines or stores has a door of its own for tests.',
      from: { path: '^src/([^/]+)/', pathNot: ['\\.test\\.ts$', '^src/node/fabric/(chaincode|contracts)\\.ts$'] },
      to: { path: '^src/([^/]+)/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/ledger/kit/index\\.ts$'] },
    },
    {
      name: 'the-chaincode-takes-contracts-alone',
      severity: 'error',
      comment: 'What endorsing peers run is contracts and kit: no database, no server, no clock of a room.',
      from: { path: '^src/node/fabric/(chaincode|contracts)\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/node/fabric/', '^src/[^/]+/contract\\.ts$', '^src/ledger/fabric/chaincode/index\\.ts$'] },
    },
    {
      name: 'tests-use-the-public-door',
      severity: 'error',
      from: { path: '^src/([^/]+)/.*\\.test\\.ts$' },
      to: { path: '^src/([^/]+)/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '/suite/index\\.ts$', '^src/[^/]+/contract\\.ts$'] },
    },
    {
      name: 'pure-rooms-use-no-node-modules',
      severity: 'error',
      from: { path: '^src/proof/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'Types of one room may name each other; modules that load each other may not.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'journeys-import-no-room',
      severity: 'error',
      from: { path: '^test/(journeys|faults)/' },
      to: { path: '^src/', pathNot: '^src/proof/index\\.ts$' },
    },
    {
      name: 'the-portal-sees-proof-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/proof/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
