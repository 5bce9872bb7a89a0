import type { FollowedAudit } from '../../vault/index.ts';
import { patientsIn, purposesIn, type StoredEvent } from '../stored-event.ts';

/** Where AuditEvents are forwarded to. */
export interface Destination {
  /** Takes a batch; resolves when the receiver has all of it. Throws ForwardingError. */
  send(batch: readonly Forwarded[]): Promise<void>;
}

/** Why a batch did not arrive. It comes again: nothing of the audit trail is dropped on the way. */
export class ForwardingError extends Error {
  /** How long the receiver asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfterMs?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ForwardingError';
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** How grave an event is. */
export type Gravity = 'success' | 'refused' | 'failed';

/** An AuditEvent as it is forwarded. */
export interface Forwarded {
  readonly entry: number;
  readonly id: string;
  readonly time: Date;
  /** Its canonical text. */
  readonly text: string;
  readonly gravity: Gravity;
  /** What happened: the last subtype. */
  readonly name: string;
  /** What a receiver filters by. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is forwarded of an AuditEvent: its text, and the parts that a receiver sorts by. */
export function forwardedOf({ entry, audit }: FollowedAudit): Forwarded {
  const text = audit.text ?? '{}';
  const event = JSON.parse(text) as StoredEvent;
  const name = event.subtype?.at(-1)?.code ?? 'unknown';
  const who = event.agent.find(({ requestor }) => requestor)?.who;
  const agent = who?.reference ?? who?.identifier?.value ?? '';
  const gravity = event.outcome === '0' ? 'success' : event.outcome === '4' ? 'refused' : 'failed';
  return {
    entry,
    id: audit.id,
    time: new Date(event.recorded),
    text,
    gravity,
    name,
    attributes: {
      'audit.id': audit.id,
      'audit.action': event.action ?? '',
      'audit.outcome': event.outcome ?? '',
      'audit.agent': agent,
      'audit.purpose': purposesIn(event).join(' '),
      'audit.patients': patientsIn(event).join(' '),
    },
  };
}
