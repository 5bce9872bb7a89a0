import { every } from '../../log/index.ts';

/** Whoever keeps up with the audit trail; resolves when it has nothing more to do for the present. */
export type Followers = readonly (() => Promise<unknown>)[];

/** Whoever keeps up with the audit trail has its turn this often. */
const FOLLOW_INTERVAL_MS = 1_000; // an unusual access is flagged within a second or two

/**
 * Gives each follower its turns by itself, so that one that fails, or waits for a receiver that does not answer, holds up no other.
 * Resolves when `signal` aborts and what was under way has ended.
 */
export function runFollowers(
  followers: Followers,
  options: { signal: AbortSignal; onError: (error: unknown) => void },
  intervalMs = FOLLOW_INTERVAL_MS,
): Promise<unknown> {
  return Promise.all(followers.map((follow) => every(intervalMs, follow, options)));
}
