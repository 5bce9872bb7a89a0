import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { formatTilePath, LogError, parseTilePath } from './index.ts';

describe('a tile has exactly one path', () => {
  test.each([
    'tile/0/1',
    'tile/00/001',
    'tile/64/001',
    'tile/0/x000/001',
    'tile/0/0001',
    'tile/0/001/002',
    'tile/0/x001/002.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/999',
    'tile/0/001.p/01',
    'tile/-1/001',
    'tile/entries/001/',
    '/tile/0/001',
    'tile/0/x999/x999/x999/x999/x999/x999/x999/999',
    'tile/0/../../secret',
    'checkpoint',
    '',
  ])('%s is refused', (path) => {
    expect(() => parseTilePath(path)).toThrow(LogError);
  });

  test('the examples of C2SP tlog-tiles read as they say', () => {
    expect(parseTilePath('tile/0/x001/x234/067')).toEqual({ level: 0, index: 1_234_067, width: 256 });
    expect(parseTilePath('tile/entries/273.p/112')).toEqual({ level: 'entries', index: 273, width: 112 });
  });

  property.prop([
    fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
    fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: 1, max: 256 }),
  ])('what is written is read back', (level, index, width) => {
    const address = { level, index, width };
    expect(parseTilePath(formatTilePath(address))).toEqual(address);
  });
});
