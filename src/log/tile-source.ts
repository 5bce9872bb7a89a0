/** Media types of a tiled log (C2SP tlog-tiles, APIs). */
export const CHECKPOINT_TYPE = 'text/plain; charset=utf-8';
/** Media type of hash tiles and entry bundles. */
export const TILE_TYPE = 'application/octet-stream';

/** One resource of a tiled log, ready to be sent. */
export interface TileResource {
  readonly bytes: Uint8Array;
  readonly contentType: typeof CHECKPOINT_TYPE | typeof TILE_TYPE;
  /** True when the path will always have these bytes: tiles and bundles, partial ones included. */
  readonly immutable: boolean;
}

/**
 * Whatever serves a tiled log, own or mirrored: the resource at a path below the log's prefix (`checkpoint`,
 * `tile/<L>/<N>[.p/<W>]`, `tile/entries/…`), or undefined when it has none. Throws `malformed` on any other path.
 */
export interface TileSource {
  resource(path: string): TileResource | undefined;
}

/**
 * Reads a resource of some tiled log: over HTTP, or in one process from the {@link TileSource} that HTTP would serve.
 * Undefined when it is not there. Throws `LogError` `unavailable` when the other side cannot be asked.
 */
export type FetchTile = (path: string, signal: AbortSignal) => Promise<Uint8Array | undefined>;

/** The same bytes as over HTTP, from a log in this process. Undefined for a path the source refuses. */
export function tilesOf(source: () => TileSource | undefined): FetchTile {
  return async (path) => source()?.resource(path)?.bytes;
}
