/** Version of the formats below. A change of layout or algorithm gets a new one. */
const FORMAT = 1;

/** What is sealed: its format's name. */
export type SealedFormat =
  | 'version'
  | 'entries'
  | 'content'
  | 'data-key'
  | 'hold'
  | 'merge'
  | 'key-store-backup';

/**
 * Associated data of a sealed message: format with its version, algorithm, organisation, then the place it belongs to, so
 * that no message opens in the place of another (DESIGN §5). Parts hold no line feed; bytes go in as hexadecimal.
 */
export function associatedData(
  format: SealedFormat,
  organisation: string,
  ...place: readonly (string | number)[]
): Buffer {
  return Buffer.from(`holdfast/${format}/v${FORMAT}\nA256GCM\n${organisation}\n${place.join('\n')}`);
}
