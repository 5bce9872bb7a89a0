import type { Answer, Context } from './context.ts';
import type { Query } from './query.ts';

/** The request of an operation, as FHIR R4 §operations has it. */
export interface OperationCall {
  readonly type: string | undefined;
  readonly id: string | undefined;
  readonly version: number | undefined;
  readonly method: string;
  readonly query: Query;
  readonly accept: string | undefined;
  /** JSON text of the body; empty when there is none. */
  readonly body: string;
}

/** A FHIR operation that a room exports as a value; fhir serves and lists it (DESIGN §2). */
export interface Operation {
  /** Name without `$`. */
  readonly name: string;
  /** Where it may be called. */
  readonly levels: readonly ('system' | 'type' | 'instance' | 'version')[];
  /** Resource types it belongs to; empty for all. */
  readonly types: readonly string[];
  readonly affectsState: boolean;
  /** Canonical URL of its OperationDefinition. */
  readonly definition: string;
  /** Media types that it can answer with beside FHIR JSON. */
  readonly produces?: readonly string[];
  /** It is a request by itself, never an entry of a Bundle. */
  readonly alone?: true;
  readonly perform: (context: Context, call: OperationCall) => Promise<Answer>;
}
