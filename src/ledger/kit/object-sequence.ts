import { conflict, LedgerError, reject } from '../error.ts';
import type { StateReader } from './state-reader.ts';
import type { StateObject } from './state-value.ts';

// Kept by the kit beside a contract's own state, under keys that no contract can name.
interface ObjectHead extends StateObject {
  readonly sequence: number;
  readonly time: string;
}
interface Done extends StateObject {
  readonly digest: string;
  readonly transaction: string;
}

/** The step of an object that a transaction wants to make. */
export interface Step {
  readonly contract: string;
  readonly object: string;
  readonly sequence: number;
  readonly digest: string;
  readonly time: string;
}

const OBJECT = /^[A-Za-z0-9][A-Za-z0-9/._:=-]{0,199}$/;

function headKey(object: string): string {
  return `~head/${object}`;
}

function doneKey(object: string, sequence: number): string {
  return `~done/${object}/${sequence}`;
}

/**
 * The id of the transaction that already made this very step, or undefined when it is the object's next. Throws
 * `LedgerError`: `conflict` `sequence` when the object has moved on or is not there yet, or the step was made with other
 * content; `rejected` `time-goes-back` when the claimed time is before the object's last.
 */
export function checkStep(state: StateReader, step: Step): string | undefined {
  const { contract, object, sequence, digest, time } = step;
  if (!OBJECT.test(object))
    throw new LedgerError('rejected', 'the object has an impossible name', { reason: 'malformed' });
  const done = state.get(contract, doneKey(object, sequence)) as Done | undefined;
  if (done !== undefined) {
    if (done.digest === digest) return done.transaction;
    conflict(
      'sequence',
      'this sequence was already committed with other content; read the object and decide again',
    );
  }
  const head = state.get(contract, headKey(object)) as ObjectHead | undefined;
  const next = (head?.sequence ?? 0) + 1;
  if (sequence !== next)
    conflict('sequence', `the next sequence is ${next}; read the object and decide again`);
  if (head !== undefined && time < head.time)
    reject('time-goes-back', 'the time is before the last one of this object');
  return undefined;
}

/** The state that records a step as made by a transaction. */
export function recordStep(step: Step, transaction: string): { key: string; value: StateObject }[] {
  const { object, sequence, digest, time } = step;
  const head: ObjectHead = { v: 1, sequence, time };
  const done: Done = { v: 1, digest, transaction };
  return [
    { key: doneKey(object, sequence), value: done },
    { key: headKey(object), value: head },
  ];
}
