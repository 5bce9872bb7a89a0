import { holder } from '../../../test/interop/fabric-blocks.ts';
import { randomId } from '../../crypto/index.ts';
import { canonicalize, utf8 } from '../../proof/index.ts';
import type { OwnChannel } from '../fabric/chaincode/carry.ts';
import { ChaincodeProgram, type Invocation } from '../fabric/chaincode/program.ts';
import { parseStateKey } from '../fabric/state-key.ts';
import type { Write } from '../ledger.ts';
import { testContracts } from './test-contracts.ts';

/** What every endorser's clock says. */
export const NOW = '2026-03-04T05:06:07.008Z';
const certificates = {
  client: holder('client'),
  admin: holder('admin'),
  peer: holder('peer'),
  both: holder('client', 'admin'),
};

/** A peer's state and one chaincode over it, with the height and clock that a test wants. */
export class Endorser {
  readonly state = new Map<string, string>();
  blocks = 10;
  reads = 0;
  readonly reports: unknown[] = [];
  readonly #program: ChaincodeProgram;

  /** An endorser with empty state, of an ordinary channel unless said otherwise. */
  constructor(channel: OwnChannel = {}) {
    this.#program = new ChaincodeProgram({
      contracts: testContracts,
      version: '1.0.0+abc',
      channel,
      now: () => new Date(NOW),
      report: (error) => this.reports.push(error),
    });
  }

  /** The whole state, in the order of its keys. */
  writes(): Write[] {
    return [...this.state]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([place, value]) => {
        const key = parseStateKey(place);
        return key === undefined ? [] : [{ ...key, value }];
      });
  }

  /** What the program answers, its writes applied when it endorses: `refusal` as code/reason. */
  async invoke(
    args: readonly string[],
    mspId = 'st-mary',
    by: keyof typeof certificates = 'admin',
  ): Promise<{ answer?: unknown; refusal?: string; writes: [string, string][]; events: string[] }> {
    const writes: [string, string][] = [];
    const events: string[] = [];
    const invocation: Invocation = {
      transactionId: randomId(),
      mspId,
      certificate: utf8(certificates[by].pem),
      args,
      blocks: async () => this.blocks,
      get: async (key) => {
        this.reads++;
        return this.state.get(key);
      },
      range: async (start, end, limit) =>
        [...this.state]
          .filter(([key]) => key >= start && key < end)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, limit)
          .map(([key, text]) => ({ key, text })),
      put: async (key, value) => {
        writes.push([key, value]);
      },
      emit: (payload) => events.push(payload),
    };
    const reply = await this.#program.invoke(invocation);
    if (!reply.ok) {
      const { code, reason } = JSON.parse(reply.refusal) as { code: string; reason?: string };
      return { refusal: [code, ...(reason === undefined ? [] : [reason])].join('/'), writes, events };
    }
    for (const [key, value] of writes) this.state.set(key, value);
    return { answer: JSON.parse(reply.payload), writes, events };
  }

  submit(transaction: object, mspId?: string, by?: keyof typeof certificates, change: object = {}) {
    return this.invoke(
      ['submit', canonicalize({ time: NOW, height: this.blocks, ...transaction, ...change })],
      mspId,
      by,
    );
  }
}
