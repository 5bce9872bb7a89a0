import { LogError } from './errors.ts';

/** Hashes in a full tile and entries in a full bundle (C2SP tlog-tiles, Merkle Tree). */
export const TILE_WIDTH = 256;
/** Tree levels that one tile level spans: 2^8 = 256. */
export const TILE_HEIGHT = 8;
/** Highest tile level that a path may name (C2SP tlog-tiles). */
const MAX_TILE_LEVEL = 63;
/** Three-digit groups that a tile index may have: enough for 2^53, and no more to read than that. */
const MAX_INDEX_GROUPS = 6;

/** One resource of a tiled log: a hash tile of a level, or an entry bundle. */
export interface TileAddress {
  /** Tile level, or `entries` for an entry bundle. */
  level: number | 'entries';
  /** Index within the level. */
  index: number;
  /** Hashes or entries in it: 256, or 1–255 for a partial one. */
  width: number;
}

/** The path below a log's prefix: `tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles, APIs). */
export function formatTilePath(address: TileAddress): string {
  const groups = [];
  let rest = address.index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const last = groups.pop();
  const index = [...groups.map((group) => `x${group}`), last].join('/');
  const partial = address.width === TILE_WIDTH ? '' : `.p/${address.width}`;
  return `tile/${address.level}/${index}${partial}`;
}

/**
 * Reads such a path. One resource has one path, so that caches hold it once: anything else than what
 * {@link formatTilePath} writes throws `malformed`.
 */
export function parseTilePath(path: string): TileAddress {
  const [, level, groups, width] =
    /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path) ?? [];
  if (level === undefined || groups === undefined) throw badPath();
  const digits = groups.replaceAll(/[x/]/g, '');
  const address: TileAddress = {
    level: level === 'entries' ? level : Number(level),
    index: Number(digits),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  const tooHigh = address.level !== 'entries' && address.level > MAX_TILE_LEVEL;
  if (
    tooHigh ||
    address.width > TILE_WIDTH ||
    digits.length > 3 * MAX_INDEX_GROUPS ||
    !Number.isSafeInteger(address.index)
  )
    throw badPath();
  if (formatTilePath(address) !== path) throw badPath();
  return address;
}

function badPath(): LogError {
  return new LogError('malformed', 'The path is not tile/<L>/<N> or tile/<L>/<N>.p/<W> with 1 ≤ W ≤ 255.');
}
