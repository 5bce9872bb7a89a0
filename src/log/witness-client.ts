import type { FetchTile } from './tile-source.ts';

/** What a witness answered to `add-checkpoint`. */
export interface WitnessReply {
  readonly status: number;
  readonly body: string;
}

/** Another member as this log's witness. Over HTTP or in one process: the same bytes, the same checks. */
export interface WitnessClient {
  /** The member's id, which is its name in the log's policy. */
  readonly organisation: string;
  /** Sends an `add-checkpoint` body. Throws `LogError` `unavailable` when there is no answer. */
  addCheckpoint(body: string, signal: AbortSignal): Promise<WitnessReply>;
  /** Reads the member's mirror of this log; absent when it keeps none. */
  readonly mirror?: FetchTile;
}

/** Whatever answers `add-checkpoint`: a `Witness`. */
export interface AddCheckpoint {
  addCheckpoint(body: string): Promise<WitnessReply>;
}

/** A witness in this process. Given as functions, since members of one process refer to each other in a circle. */
export function inProcessWitness(options: {
  organisation: string;
  witness: () => AddCheckpoint;
  mirror?: FetchTile;
}): WitnessClient {
  const { organisation, witness, mirror } = options;
  return {
    organisation,
    addCheckpoint: async (body) => {
      const { status, body: answer } = await witness().addCheckpoint(body);
      return { status, body: answer };
    },
    ...(mirror && { mirror }),
  };
}
