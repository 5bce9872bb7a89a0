import type { Mutation } from '../mutation.ts';

const AUTHENTICATION = '45 CFR 164.312(d)';

/** Who somebody is: passwords, sessions, tokens, apps. */
export const signInMutations: readonly Mutation[] = [
  {
    safeguard: 'five wrong passwords lock the login for a while',
    clauses: ['45 CFR 164.308(a)(5)(ii)(C)', '45 CFR 164.308(a)(5)(ii)(D)'],
    file: 'src/identity/directory/directory.ts',
    find: 'THEN ? ELSE locked_until_ms END',
    replace: 'THEN min(?, 0) ELSE locked_until_ms END',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › that is wrong is refused like a login that does not exist, and five close the login for a while',
  },
  {
    safeguard: 'a session ends after twelve hours',
    clauses: ['45 CFR 164.312(a)(2)(iii)'],
    file: 'src/identity/authorisation-server/provider.ts',
    find: 'const SESSION_SECONDS = 12 * 3600;',
    replace: 'const SESSION_SECONDS = 1200 * 3600;',
    turnsRed:
      'src/identity/sign-in/sessions.test.ts › end after twelve hours, and let in whom an app wants to see anew only by password',
  },
  {
    safeguard: 'a session’s cookie is out of reach of scripts',
    clauses: [AUTHENTICATION],
    file: 'src/identity/authorisation-server/provider.ts',
    find: 'httpOnly: true',
    replace: 'httpOnly: false',
    turnsRed:
      'src/identity/sign-in/sessions.test.ts › are out of reach of scripts and other sites, and belong to one organisation',
  },
  {
    safeguard: 'who has no account any more is nobody',
    clauses: ['45 CFR 164.308(a)(3)(ii)(C)'],
    file: 'src/identity/authorisation-server/provider.ts',
    find: 'if (account === undefined || account.closed) return undefined;',
    replace: 'if (account === undefined) return undefined;',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › is nobody, though a session of theirs was left',
  },
  {
    safeguard: 'a token that was called back is refused, though it was verified before',
    clauses: ['45 CFR 164.308(a)(3)(ii)(C)'],
    file: 'src/identity/token/authenticator.ts',
    find: 'requireStanding(standing, hit.facts);',
    replace: '',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › signs in no more, and its tokens and sessions end at once',
  },
  {
    safeguard: 'a token is signed by a key of this organisation, not by one that it brings',
    clauses: [AUTHENTICATION],
    file: 'src/identity/token/authenticator.ts',
    find: 'jwtVerify(token, keySet, {',
    replace:
      "jwtVerify(token, async (...of) => (of[0]?.jwk ? (await import('jose')).EmbeddedJWK(...of) : keySet(...of)), {",
    turnsRed: 'src/identity/token/authenticator.test.ts › a forged token is refused',
  },
  {
    safeguard: 'a token ends within its hour',
    clauses: ['45 CFR 164.312(a)(2)(iii)', AUTHENTICATION],
    file: 'src/identity/token/authenticator.ts',
    find: 'currentDate: new Date(now()),',
    replace: 'currentDate: new Date(now()), clockTolerance: 1e9,',
    turnsRed: 'src/identity/token/authenticator.test.ts › expired',
  },
  {
    safeguard: 'a verified token is forgotten at the moment it ends',
    clauses: ['45 CFR 164.312(a)(2)(iii)'],
    file: 'src/identity/token/authenticator.ts',
    find: 'if (now() < hit.expiresMs) {',
    replace: 'if (hit.expiresMs > 0) {',
    turnsRed:
      'src/identity/token/authenticator.test.ts › is verified once, and refused at the moment it expires',
  },
  {
    safeguard: 'a token for another service is refused',
    clauses: [AUTHENTICATION],
    file: 'src/identity/token/authenticator.ts',
    find: '        audience: realm.audience,\n',
    replace: '',
    turnsRed: 'src/identity/token/authenticator.test.ts › for another service: %j',
  },
  {
    safeguard: 'a token of another organisation is refused, even under a key that both know',
    clauses: [AUTHENTICATION],
    file: 'src/identity/token/authenticator.ts',
    find: '        issuer: realm.issuer,\n',
    replace: '',
    turnsRed:
      'src/identity/token/authenticator.test.ts › another organisation’s, even under a key that both know',
  },
  {
    safeguard: 'another sort of token by the same key is no access token',
    clauses: [AUTHENTICATION],
    file: 'src/identity/token/authenticator.ts',
    find: '        typ: ACCESS_TOKEN_TYPE,\n',
    replace: '',
    turnsRed:
      'src/identity/token/authenticator.test.ts › an ID token, or any other JWT by the same key, is no access token',
  },
  {
    safeguard: 'a refresh token that is used again ends all that came of it',
    clauses: [AUTHENTICATION],
    file: 'src/identity/authorisation-server/provider.ts',
    find: 'rotateRefreshToken: true,',
    replace: 'rotateRefreshToken: false,',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › is replaced at each use, and the old one used again ends all',
  },
  {
    safeguard: 'a machine’s assertion is taken once',
    clauses: [AUTHENTICATION],
    file: 'src/identity/authorisation-server/stored-adapter.ts',
    find: "if (model === 'ReplayDetection') {",
    replace: "if (model === 'ReplayDetection') {\n        return;",
    turnsRed:
      'src/identity/sign-in/machines-and-launches.test.ts › is taken once, also when two come at once',
  },
  {
    safeguard: 'an app proves that it began what it ends (PKCE)',
    clauses: [AUTHENTICATION],
    file: 'src/identity/authorisation-server/provider.ts',
    find: 'pkce: { required: () => true },',
    replace: 'pkce: { required: () => false },',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › %s is sent back with its error and its state',
  },
  {
    safeguard: 'a code is sent to a registered address alone',
    clauses: [AUTHENTICATION],
    file: 'src/identity/authorisation-server/provider.ts',
    find: '  provider.silent = true;\n',
    replace: '  provider.silent = true;\n  provider.Client.prototype.redirectUriAllowed = () => true;\n',
    turnsRed: 'src/identity/sign-in/authorisation-code.test.ts › %s sends nobody anywhere',
  },
  {
    safeguard: 'a form carries the value that only its page had',
    clauses: [AUTHENTICATION],
    file: 'src/identity/sign-in/form-guard.ts',
    find: 'if (!own) throw stale();',
    replace: 'if (!own && uid === "") throw stale();',
    turnsRed:
      'src/identity/sign-in/authorisation-code.test.ts › take no form without the value that only the page had, nor one of another sign-in',
  },
  {
    safeguard: 'a form that another site sent is refused',
    clauses: [AUTHENTICATION],
    file: 'src/identity/sign-in/form-guard.ts',
    find: 'if (foreign) throw stale();',
    replace: 'if (foreign && origin === "") throw stale();',
    turnsRed: 'src/identity/sign-in/authorisation-code.test.ts › take no form from %s',
  },
  {
    safeguard: 'nobody signs in by a link that somebody else began',
    clauses: [AUTHENTICATION],
    file: 'src/identity/sign-in/outside-routes.ts',
    find: "      takeOutside(cookie, request, reply, new URLSearchParams(query).get('state') ?? '');\n",
    replace: '',
    turnsRed:
      'src/identity/sign-in/outside-provider.test.ts › signs in nobody by a link: not the browser that follows it, and not the thief who began and returns',
  },
  {
    safeguard: 'a code of enrolment is closed after five wrong tries',
    clauses: [AUTHENTICATION],
    file: 'src/identity/enrolment/enrolment-code-store.ts',
    find: 'if (row.wrong_tries >= MAX_WRONG_TRIES) {',
    replace: 'if (row.wrong_tries >= 1000 * MAX_WRONG_TRIES) {',
    turnsRed:
      'src/identity/enrolment/enrolment-refusals.test.ts › with a guessed code, and after five guesses not with the right one either',
  },
  {
    safeguard: 'guessing at secrets is limited by address',
    clauses: ['45 CFR 164.308(a)(5)(ii)(C)'],
    file: 'src/node/http/server.ts',
    find: 'allowList: (request) => !isLimited(request.routeOptions.url),',
    replace: 'allowList: () => true,',
    turnsRed: 'src/node/http/server.test.ts › the limit on what is guessed at counts by the route: %s',
  },
];
