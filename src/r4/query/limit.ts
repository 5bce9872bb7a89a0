/** More parameters than any client combines; each costs an index look-up. */
export const MAX_PARAMETERS = 64;
/** A list of alternatives (`code=a,b,…`) as long as a value set of a clinical question. */
export const MAX_VALUES = 200;
/** Longer than any identifier or URL; bounds the work of hashing and normalising. */
export const MAX_VALUE_LENGTH = 4096;
/** Entries a page: an answer of this size is held in memory once. */
export const MAX_COUNT = 1000;
/** Each key of a sort multiplies the work of a page. */
export const MAX_SORT_KEYS = 4;
/** Each include is a look-up for every entry of a page. */
export const MAX_INCLUDES = 16;
/** Each type that a chain can lead to is a search by itself. */
export const MAX_CHAIN_TYPES = 16;
