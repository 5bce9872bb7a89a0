import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toBase64 } from '../proof/index.ts';
import { checkLog } from './index.ts';
import { originOf, testEntries } from './suite/material.ts';
import { TestNetwork } from './suite/network.ts';

const ORIGIN = originOf('st-mary');
let network: TestNetwork;
beforeEach(async () => {
  network = new TestNetwork({ files: true });
  for (const count of [600, 400]) {
    network.append('st-mary', testEntries(`${count}`, count));
    await network.member('st-mary').log.publish();
  }
  // Appended and not yet published: nothing covers it, and that is no fault.
  network.append('st-mary', testEntries('new', 10));
});
afterEach(() => network.close());

const database = (organisation = 'st-mary') => network.member(organisation).database;
const codes = async (organisation = 'st-mary') =>
  (await checkLog(database(organisation))).problems.map(({ code }) => code);

describe('what was changed from outside is found', () => {
  test.each<[string, string, string[]]>([
    [
      'one bit of an entry under a full tile',
      flip('log_bundles', 'entries', 'bundle = 1', 77),
      ['tile-differs', 'checkpoint-differs'],
    ],
    [
      'one bit of an entry at the right edge',
      flip('log_bundles', 'entries', 'bundle = 3', 5),
      ['checkpoint-differs'],
    ],
    ['one bit of a tile', flip('log_tiles', 'hashes', 'level = 1', 40), ['tile-differs']],
    ['a missing bundle', 'DELETE FROM log_bundles WHERE bundle = 1', ['entries-missing']],
    [
      'the newest bundles gone',
      'DELETE FROM log_bundles WHERE bundle >= 2',
      ['entries-missing', 'log-behind'],
    ],
    [
      'half an entry',
      'UPDATE log_bundles SET entries = substr(entries, 1, 40) WHERE bundle = 2',
      ['entries-missing'],
    ],
    ['a tile gone', 'DELETE FROM log_tiles', ['tile-differs']],
    ['another signed root', flip('log_signed', 'root', 'size = 1000', 3), ['checkpoint-differs']],
    [
      'a checkpoint of another size',
      "UPDATE log_cosigned SET note = replace(note, x'0a' || '1000' || x'0a', x'0a' || '999' || x'0a')",
      ['checkpoint-differs'],
    ],
    [
      'a checkpoint that is none',
      "UPDATE log_cosigned SET note = 'hello' WHERE size = 1000",
      ['checkpoint-differs'],
    ],
  ])('%s', async (_name, sql, expected) => {
    expect(await codes()).toEqual([]);
    database().exec(sql);
    expect([...new Set(await codes())].toSorted()).toEqual(expected.toSorted());
  });

  test('in a mirror too', async () => {
    expect(await codes('aurora')).toEqual([]);
    database('aurora').exec(flip('log_bundles', 'entries', 'bundle = 0', 1));
    expect(await codes('aurora')).toContain('tile-differs');
    const { problems } = await checkLog(database('aurora'));
    const detail = 'Tile 1/0 and entries 0 to 255 do not fit.';
    expect(problems).toContainEqual({ code: 'tile-differs', object: ORIGIN, detail });
  });

  test('by an anchor on the ledger, whatever was made to fit here', async () => {
    const { log } = network.member('st-mary');
    const right = { origin: ORIGIN, size: 700, root: toBase64(log.rootAt(700)) };
    const wrong = { ...right, root: toBase64(log.rootAt(701)) };
    const ahead = { ...right, size: 5_000 };
    expect((await checkLog(database(), [right])).problems).toEqual([]);
    expect((await checkLog(database(), [wrong])).problems).toMatchObject([{ code: 'anchor-differs' }]);
    expect((await checkLog(database(), [ahead])).problems).toMatchObject([{ code: 'log-behind' }]);
    // A mirror may be behind the ledger.
    expect((await checkLog(database('aurora'), [ahead])).problems).toEqual([]);
  });
});

test('a sound log passes, and says how many entries were looked at', async () => {
  expect(await checkLog(database())).toEqual({ checked: 1_010, problems: [] });
  expect(await checkLog(database('aurora'))).toEqual({ checked: 1_000, problems: [] });
});

/** SQL that turns one bit of a byte in a blob column over. */
function flip(table: string, column: string, where: string, at: number): string {
  const byte = `substr(${column}, ${at}, 1)`;
  const other = `CASE WHEN ${byte} = x'00' THEN x'01' ELSE x'00' END`;
  return `UPDATE ${table} SET ${column} = CAST(substr(${column}, 1, ${at - 1}) || ${other} || substr(${column}, ${at + 1}) AS BLOB) WHERE ${where}`;
}
