import { copyFileSync, existsSync } from 'node:fs';
import { canonicalize } from '../../../proof/index.ts';
import { decode, type PreparedUpdate } from './channel-update.ts';
import type { NetworkContext } from './network-context.ts';
import { NetworkError } from './network-error.ts';

/** As much of a `common.Envelope` with a configuration update as is looked at, in configtxlator's JSON. */
interface UpdateEnvelope {
  readonly payload?: {
    readonly data?: {
      readonly config_update?: unknown;
      readonly signatures?: readonly {
        readonly signature_header?: { readonly creator?: { readonly mspid?: string } };
      }[];
    };
  };
}

/**
 * An update that others signed, in place of the own one, whose file it takes. Nobody signs what somebody else made: it must be, value
 * for value, the update that this machine computed from its own peer's configuration. Rejects with NetworkError `update-differs`.
 */
export async function receivedUpdate(
  context: NetworkContext,
  own: PreparedUpdate,
  received: string,
): Promise<PreparedUpdate> {
  if (!existsSync(received))
    throw new NetworkError('network-invalid', `${received} is not there: have the update sent again.`);
  const [theirs, ours] = [await envelopeOf(context, received), await envelopeOf(context, own.file)];
  const data = theirs.payload?.data;
  const wanted = ours.payload?.data?.config_update;
  if (data?.config_update === undefined || canonicalize(data.config_update) !== canonicalize(wanted))
    throw new NetworkError(
      'update-differs',
      `${received} is not the change that this machine computed, so it is not signed: the channel has changed since, or it says something else.`,
    );
  const signedBy = (data.signatures ?? []).flatMap(
    ({ signature_header }) => signature_header?.creator?.mspid ?? [],
  );
  copyFileSync(received, own.file);
  return { file: own.file, signedBy: [...new Set(signedBy)] };
}

async function envelopeOf(context: NetworkContext, file: string): Promise<UpdateEnvelope> {
  try {
    return (await decode(context, file, 'common.Envelope')) as UpdateEnvelope;
  } catch (cause) {
    throw new NetworkError('update-differs', `${file} is no update of a channel: have it sent again.`, {
      cause,
    });
  }
}
