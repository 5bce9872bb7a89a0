import { randomBytes } from '../../crypto/index.ts';
import type { ExpiringRecords } from '../storage/expiring-records.ts';

/** An app opened from the record is asked for its launch at once. */
const LAUNCH_SECONDS = 300; // SMART App Launch 2.2 names no bound; five minutes cover a sign-in
const ID_BYTES = 24; // 192 bits, beyond guessing
const KIND = 'Launch';

/** The context in which somebody opened an app from the record (SMART App Launch 2.2, EHR launch). */
export interface Launch {
  readonly client: string;
  /** Who opened it: nobody else can use the launch. */
  readonly account: string;
  readonly patient?: string | undefined;
  readonly encounter?: string | undefined;
  readonly intent?: string | undefined;
}

/** Launches: each is for one app and one person, and is used once. */
export class Launches {
  readonly #records: ExpiringRecords;

  constructor(records: ExpiringRecords) {
    this.#records = records;
  }

  /** Keeps the context of a launch; gives the value of the `launch` parameter. */
  begin(launch: Launch): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    this.#records.put(KIND, id, launch, LAUNCH_SECONDS, { grant: `launches of ${launch.account}` });
    return id;
  }

  /** The launch if it is for this app; undefined otherwise. */
  peek(id: string, client: string): Launch | undefined {
    const launch = this.#records.get(KIND, id)?.value as Launch | undefined;
    return launch?.client === client ? launch : undefined;
  }

  /** Uses a launch up; undefined when it is not for this app and person, or was used. */
  use(id: string, client: string, account: string): Launch | undefined {
    if (this.peek(id, client)?.account !== account) return undefined;
    return this.#records.take(KIND, id) as Launch | undefined;
  }
}
