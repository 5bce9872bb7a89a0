import { OpenStreams, type StreamTimes } from '../index.ts';

/** What event streams go by; tests change it. */
export interface EventSettings {
  readonly streams: OpenStreams;
  readonly times: { -readonly [name in keyof StreamTimes]: number };
  /** Whether the view of the ledger is fresh. */
  isFresh: () => Promise<boolean>;
  /** How much later it is for those who check tokens. */
  tokensAheadMs: number;
  /** How often versions were looked for. */
  looks: number;
  /** Done before each look; a number is how many versions it reads at most. */
  look: (() => Promise<number | undefined>) | undefined;
}

/** Short times, and a fresh view. */
export const eventSettings = (): EventSettings => ({
  streams: new OpenStreams(),
  times: { lifeMs: 60_000, heartbeatMs: 200, recheckMs: 50, batchMs: 20, unknownMs: 60_000 },
  isFresh: () => Promise.resolve(true),
  tokensAheadMs: 0,
  looks: 0,
  look: undefined,
});
