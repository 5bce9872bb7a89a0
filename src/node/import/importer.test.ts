import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ImportTarget, importFiles, NodeError } from '../index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Resource {
  resourceType: string;
  id: string;
  subject?: { reference: string };
}

/** Keeps resources by their id; resolves `Type?identifier=<id>`, and is out of order after `until` units. */
class MemoryTarget implements ImportTarget {
  readonly name = 'memory';
  readonly progressFolder: string;
  readonly stored = new Map<string, string>();
  readonly sent: string[] = [];
  until = Number.POSITIVE_INFINITY;

  constructor(progressFolder: string) {
    this.progressFolder = progressFolder;
  }

  async send(text: string) {
    if (this.sent.length >= this.until) throw new NodeError('unavailable', 'out of order');
    this.sent.push(text);
    await new Promise((resolve) => setImmediate(resolve));
    const { resourceType, id, subject } = JSON.parse(text) as Resource;
    const [, type, wanted] = /^(\w+)\?identifier=(.+)$/.exec(subject?.reference ?? '') ?? [];
    if (type !== undefined && !this.stored.has(`${type}/${wanted}`)) {
      return {
        kind: 'refused' as const,
        issues: [{ element: '', rule: 'reference-unresolved', message: 'nothing' }],
      };
    }
    if (id === 'bad')
      return {
        kind: 'refused' as const,
        issues: [{ element: `${resourceType}.id`, rule: 'id', message: 'bad' }],
      };
    const isNew = this.stored.get(`${resourceType}/${id}`) !== text;
    this.stored.set(`${resourceType}/${id}`, text);
    return { kind: 'done' as const, stored: isNew ? 1 : 0, unchanged: isNew ? 0 : 1, refused: [] };
  }

  async close(): Promise<void> {}
}

const basic = (id: string, subject?: string): string =>
  JSON.stringify({
    resourceType: 'Basic',
    id,
    ...(subject === undefined ? {} : { subject: { reference: subject } }),
  });
const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, 'in', name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const run = (target: ImportTarget, paths = [join(folder, 'in')], signal?: AbortSignal) =>
  importFiles({ paths, target, storeBundles: false, ...(signal === undefined ? {} : { signal }) });
const target = () => new MemoryTarget(join(folder, 'progress'));

describe('what is read', () => {
  test('what is refused is named by file, line, resource, element and rule, and the rest is stored', async () => {
    const file = write('a.ndjson', `${basic('1')}\n\n${basic('bad')}\n{"resourceType":\n${basic('2')}\n`);
    const report = await run(target());
    expect(report).toMatchObject({ read: 4, stored: 2, unchanged: 0, complete: true });
    expect(report.refused).toEqual([
      { file, line: 3, resource: 'Basic/bad', element: 'Basic.id', rule: 'id', message: 'bad' },
      { file, line: 4, resource: '', element: '', rule: 'not-json', message: 'This is not JSON.' },
    ]);
  });

  test('folders at any depth, compressed or not, a byte order mark or not; other files are left alone', async () => {
    write('deep/er/b.json.gz', gzipSync(basic('1')));
    write('c.ndjson.gz', gzipSync(`${basic('2')}\r\n${basic('3')}`));
    write('d.JSON', `\u{feff}${basic('4')}`);
    write('notes.txt', 'no');
    const kept = target();
    expect(await run(kept)).toMatchObject({ read: 4, stored: 4, refused: [], skipped: [] });
    expect([...kept.stored.keys()].sort()).toEqual(['Basic/1', 'Basic/2', 'Basic/3', 'Basic/4']);
  });

  test('JSON that is no FHIR is skipped in a folder, and refused when it was named', async () => {
    const manifest = write('package.json', '{"name":"x"}');
    write('log.ndjson', '{"eventId":"kickoff"}\n{"eventId":"done"}\n');
    const found = await run(target());
    expect(found).toMatchObject({ read: 0, refused: [] });
    expect(found.skipped.map(({ reason }) => reason)).toEqual(['not-fhir', 'not-fhir']);
    expect((await run(target(), [manifest])).refused).toMatchObject([{ rule: 'not-a-resource' }]);
  });

  test('a path that is not there, of another kind, or cut short is unusable input', async () => {
    await expect(run(target(), [join(folder, 'none')])).rejects.toMatchObject({ code: 'input-unusable' });
    await expect(run(target(), [write('x.xml', '<x/>')])).rejects.toMatchObject({ code: 'input-unusable' });
    const cut = write('cut.json.gz', gzipSync(basic('1')).subarray(0, 20));
    await expect(run(target(), [cut])).rejects.toMatchObject({ code: 'input-unusable' });
  });
});

describe('references to what comes later', () => {
  test('are resolved at the end, through as many rounds as they need', async () => {
    write('a.ndjson', `${basic('1', 'Basic?identifier=2')}\n${basic('2', 'Basic?identifier=3')}\n`);
    write('b.ndjson', `${basic('3')}\n`);
    expect(await run(target())).toMatchObject({ read: 3, stored: 3, refused: [] });
  });

  test('that lead nowhere are refused once nothing more helps', async () => {
    write(
      'a.ndjson',
      `${basic('1', 'Basic?identifier=nowhere')}\n${basic('2', 'Basic?identifier=1')}\n${basic('3')}\n`,
    );
    const report = await run(target());
    expect(report).toMatchObject({ read: 3, stored: 1 });
    expect(report.refused.map(({ line, rule }) => [line, rule])).toEqual([
      [1, 'reference-unresolved'],
      [2, 'reference-unresolved'],
    ]);
  });
});

describe('again', () => {
  test('a second run finds everything unchanged', async () => {
    write('a.ndjson', `${basic('1')}\n${basic('2')}\n`);
    const kept = target();
    await run(kept);
    expect(await run(kept)).toMatchObject({ read: 2, stored: 0, unchanged: 2, resumed: 0 });
  });

  test('after an interruption the finished files are not sent again, and the report is of the whole', async () => {
    for (let i = 0; i < 20; i += 1) write(`${String(i).padStart(2, '0')}.json`, basic(`r${i}`));
    const kept = target();
    kept.until = 9;
    await expect(run(kept)).rejects.toMatchObject({ code: 'unavailable' });
    kept.until = Number.POSITIVE_INFINITY;
    const before = kept.sent.length;
    const report = await run(kept);
    expect(report).toMatchObject({ read: 20, stored: 20, refused: [], complete: true });
    expect(report.resumed).toBeGreaterThan(0);
    expect(kept.sent.length - before).toBe(20 - report.resumed);
  });

  test('asked to stop, it ends after what is on its way and says so', async () => {
    write('a.ndjson', Array.from({ length: 50 }, (_, i) => basic(`r${i}`)).join('\n'));
    const stop = new AbortController();
    stop.abort();
    expect(await run(target(), undefined, stop.signal)).toMatchObject({ complete: false, read: 0 });
  });
});
