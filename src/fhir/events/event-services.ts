import type { FhirServices } from '../services.ts';
import type { OpenStreams } from './open-streams.ts';

/** What event streams are composed of; node supplies it. */
export interface EventServices {
  readonly fhir: FhirServices;
  /** Whether the view of the ledger is recent enough to show what rests on a consent: at once while it is, else it may wait for the ledger. */
  readonly isFresh: () => Promise<boolean>;
  readonly streams: OpenStreams;
}
