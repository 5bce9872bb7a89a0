import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Larger files are data, not text that a person wrote. */
const MAX_TEXT_BYTES = 2 * 1024 * 1024; // the longest lock file there is

const listed = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
  cwd: root,
  encoding: 'utf8',
});
const tracked = (listed.status === 0 ? listed.stdout : '')
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(root, path)));

interface Text {
  path: string;
  text: string;
}
const texts: Text[] = tracked
  .map((path) => ({ path, bytes: readFileSync(join(root, path)) }))
  .filter(({ bytes }) => bytes.length < MAX_TEXT_BYTES && !bytes.includes(0))
  .map(({ path, bytes }) => ({ path, text: bytes.toString('utf8') }));
const documents = texts.filter(({ path }) => path.endsWith('.md'));

/** The anchors of a document, as forges make them from its headings. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

function brokenLinks({ path, text }: Text): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z][a-z+.-]*:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : relative(root, join(root, dirname(path), file));
    if (!existsSync(join(root, target))) return [`${path} links to ${link}`];
    const missing = anchor !== undefined && !anchorsOf(readFileSync(join(root, target), 'utf8')).has(anchor);
    return missing ? [`${path} links to ${link}`] : [];
  });
}

describe.skipIf(tracked.length === 0)('documents', () => {
  test('relative links lead somewhere', () => expect(documents.flatMap(brokenLinks)).toEqual([]));

  test('no file names a path of the machine it was written on', () => {
    const own = [root, homedir()].filter((path) => path.length > 1).map((path) => `${path}/`);
    const found = texts.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => {
        const named = own.some((each) => line.includes(each)) || /\/(home|Users)\/\w+\//.test(line);
        return named ? [`${path}:${index + 1}`] : [];
      }),
    );
    expect(found).toEqual([]);
  });

  test('the command that the README gives for checks is the one that CI runs', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('npm test');
    expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/^exec npm test$/m);
  });
});
