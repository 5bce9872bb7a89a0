import { CryptoError, open, seal } from '../../crypto/index.ts';
import { type Blind, blindBytes } from '../blind-index/blind-key.ts';
import { VaultError } from '../error.ts';
import type { StoredVersion } from '../stored-version.ts';
import { associatedData } from './associated-data.ts';
import { packText, unpackText } from './compressed-text.ts';

/** Where a sealed version belongs. The blind name stands for the logical id, which is inside. */
export interface VersionPlace {
  readonly organisation: string;
  readonly type: string;
  /** Blind name of the resource. */
  readonly name: Blind;
  readonly version: number;
}

/** The parts of a version that are sealed together: one line of JSON, then the text unless it is a deletion. */
export type SealableVersion = Pick<
  StoredVersion,
  'type' | 'id' | 'version' | 'lastUpdated' | 'patients' | 'facts' | 'text'
>;

/** Seals a version under its data key, or for audit custody under the audit key. */
export function sealVersion(key: Uint8Array, version: SealableVersion, place: VersionPlace): Buffer {
  const { text, type, id, lastUpdated, patients, facts } = version;
  const header = JSON.stringify({ type, id, version: version.version, lastUpdated, patients, facts });
  return seal(key, text === undefined ? packText(header) : packText(header, '\n', text), contextOf(place));
}

/** Opens what {@link sealVersion} made. Throws `VaultError` `damaged` for another key or place, or any changed byte. */
export function openVersion(key: Uint8Array, sealed: Uint8Array, place: VersionPlace): StoredVersion {
  let opened: string;
  try {
    opened = unpackText(open(key, sealed, contextOf(place)));
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new VaultError('damaged', 'A stored version was changed or moved; run "holdfast fsck".', cause);
  }
  const end = opened.indexOf('\n');
  const header = JSON.parse(end < 0 ? opened : opened.slice(0, end)) as Omit<SealableVersion, 'text'>;
  return end < 0 ? { ...header, deleted: true } : { ...header, text: opened.slice(end + 1) };
}

function contextOf({ organisation, type, name, version }: VersionPlace): Buffer {
  return associatedData('version', organisation, type, blindBytes(name).toString('hex'), version);
}
