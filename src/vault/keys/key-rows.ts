import type { Blind } from '../blind-index/blind-key.ts';

/** A wrapped key of the organisation. */
export interface SeriesRow {
  readonly purpose: string;
  readonly number: number;
  readonly keyId: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** A wrapped compartment key. */
export interface CompartmentRow {
  readonly compartment: number;
  /** Of the Patient. */
  readonly name: Blind;
  readonly keyId: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** A data key as one compartment wraps it. */
export interface DataKeyRow {
  readonly rid: number;
  /** A resource that moves between patients gets a new data key: a new generation. */
  readonly generation: number;
  /** 0: the organisation's series. */
  readonly compartment: number;
  readonly keyId: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** What remains of a destroyed key. */
export interface DestroyedRow {
  readonly keyId: Uint8Array;
  readonly name: Blind;
  readonly compartment: number | null;
  readonly rid: number | null;
}

/** A patient whose data keys are wrapped under another's compartment. */
export interface MergedRow {
  readonly compartment: number;
  readonly into: number;
  /** Blind name of the Patient that was merged. */
  readonly name: Blind;
  /** Who they are, sealed. */
  readonly sealed: Uint8Array;
}

/** Wraps that change places, and the merge that this begins or ends. */
export interface Rewrapping {
  readonly added: readonly DataKeyRow[];
  readonly removed: readonly Omit<DataKeyRow, 'wrapped' | 'keyId'>[];
  readonly merged?: MergedRow;
  /** The compartment whose merge ends. */
  readonly unmerged?: number;
}
