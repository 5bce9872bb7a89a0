import type { Mutation } from '../mutation.ts';

const TRANSMISSION = '45 CFR 164.312(e)(1)';
const INTEGRITY_IN_TRANSIT = '45 CFR 164.312(e)(2)(i)';

/** Between organisations, and between a client and a node. */
export const networkMutations: readonly Mutation[] = [
  {
    safeguard: 'a request between members is signed by the member that it names',
    clauses: [INTEGRITY_IN_TRANSIT, '45 CFR 164.312(d)'],
    file: 'src/exchange/message-signature.ts',
    find: 'return owner.verify(base, signature);',
    replace: 'return signature.length > 0;',
    turnsRed:
      'src/exchange/message-signature.test.ts › is refused when its body, address, method or signer was changed',
  },
  {
    safeguard: 'the body of a request is the one that was signed',
    clauses: [INTEGRITY_IN_TRANSIT],
    file: 'src/exchange/message-signature.ts',
    find: "if (headers['content-digest'] !== contentDigest(body)) {",
    replace: "if (headers['content-digest'] === undefined && body.length > 0) {",
    turnsRed:
      'src/exchange/message-signature.test.ts › is refused when its body, address, method or signer was changed',
  },
  {
    safeguard: 'an old request is not taken',
    clauses: [INTEGRITY_IN_TRANSIT],
    file: 'src/exchange/message-signature.ts',
    find: 'if (Math.abs(created - nowSeconds) > MAX_CLOCK_SKEW_SECONDS || expires < nowSeconds) {',
    replace: 'if (created > expires) {',
    turnsRed: 'src/exchange/message-signature.test.ts › by a clock too far off names both times',
  },
  {
    safeguard: 'an answer is that of the member that was asked',
    clauses: [INTEGRITY_IN_TRANSIT],
    file: 'src/exchange/message-signature.ts',
    find: 'if (owner?.organisation !== organisation)',
    replace: 'if (owner === undefined)',
    turnsRed:
      'src/exchange/message-signature.test.ts › belongs to one request and to the member that was asked',
  },
  {
    safeguard: 'a request is taken once (nonce)',
    clauses: [INTEGRITY_IN_TRANSIT],
    file: 'src/exchange/nonce-store.ts',
    find: "if (known !== undefined) throw new ExchangeError('replayed', 'This request was received before.');",
    replace: 'if (known !== undefined) return;',
    turnsRed: 'src/exchange/nonce-store.test.ts › a nonce is taken once, also after a restart',
  },
  {
    safeguard: 'without TLS only this machine is served',
    clauses: [TRANSMISSION, '45 CFR 164.312(e)(2)(ii)'],
    file: 'src/node/configuration.ts',
    find: 'if (exposed && configuration.tls === undefined && configuration.trustProxy === false) {',
    replace: 'if (exposed && configuration.organisations.length === 0) {',
    turnsRed: 'src/node/configuration.test.ts › a public address without TLS or a trusted proxy is refused',
  },
  {
    safeguard: 'demo mode, whose passwords are public, serves this machine alone',
    clauses: [TRANSMISSION],
    file: 'src/node/configuration.ts',
    find: "if (exposed && configuration.mode === 'demo') {",
    replace: "if (exposed && configuration.mode === 'demo' && configuration.trustProxy === false) {",
    turnsRed: 'src/node/configuration.test.ts › demo mode binds loopback even behind a proxy',
  },
  {
    safeguard: 'what a client says of its own address is not believed',
    clauses: ['45 CFR 164.308(a)(5)(ii)(C)'],
    file: 'src/node/http/server.ts',
    find: "trustProxy: configuration.trustProxy === true ? 'loopback' : configuration.trustProxy,",
    replace: 'trustProxy: true,',
    turnsRed:
      'src/node/http/server.test.ts › with trustProxy %j, what a client says of its own address is not believed',
  },
];
