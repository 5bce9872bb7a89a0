import { EVERYBODY, type Target, WITHOUT_AUDIT } from './target.ts';

/** One request, made once about who is here and once about nobody. */
export interface Probe {
  readonly what: string;
  /** Below `/orgs/<org>`. */
  readonly path: (target: Target) => string;
  readonly body?: (target: Target) => object | string;
  readonly headers?: (target: Target) => Readonly<Record<string, string>>;
  /** The answer goes on for as long as it is read, and something is written about the patient meanwhile. */
  readonly isStream?: true;
}

/** What is expected of a route: principal × path × expectation. */
export interface Row {
  /** As `/openapi.json` names it, below `/orgs/{org}` where it is an organisation's. */
  readonly route: string;
  readonly askers: readonly string[];
  /**
   * `as-absent`: every asker is answered as if the patient did not exist, to the byte. `silent`: nothing can be named, and the answer holds
   * nothing of the patient. `public`: serves no patient's data to anybody; held against its contents like the rest.
   */
  readonly expectation: 'as-absent' | 'silent' | 'public';
  readonly probes: readonly Probe[];
}

/** A probe. */
export const probe = (what: string, path: Probe['path'], more: Omit<Probe, 'what' | 'path'> = {}): Probe => ({
  what,
  path,
  ...more,
});
/** A route that answers about who is here as about nobody. */
export const hidden = (route: string, ...probes: Probe[]): Row => ({
  route,
  askers: EVERYBODY,
  expectation: 'as-absent',
  probes,
});
/** Routes of staff with AuditEvent scopes: those who have none are told nothing. */
export const audited = (route: string, ...probes: Probe[]): Row => ({
  route,
  askers: WITHOUT_AUDIT,
  expectation: 'as-absent',
  probes,
});
/** A route that is public by its purpose. */
export const open = (route: string, path: string): Row => ({
  route,
  askers: EVERYBODY,
  expectation: 'public',
  probes: [probe('as it is', () => path)],
});
/** A route at which nothing can be named. */
export const silent = (route: string, ...probes: Probe[]): Row => ({
  route,
  askers: EVERYBODY,
  expectation: 'silent',
  probes,
});
