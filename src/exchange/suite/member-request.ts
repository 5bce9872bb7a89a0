import type { AccessClaims } from '../../identity/index.ts';

/** Whose answers a request gets. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: every answer has a form of its own
  readonly json: any;
}

/** How a request is sent. */
export interface Sending {
  /** Claims that differ from those of a client with every scope; null for no token. */
  readonly as?: Partial<AccessClaims> | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}
