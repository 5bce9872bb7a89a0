import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { NodeError } from '../errors.ts';
import type { SourceFile } from './source-file.ts';

/** What is stored or refused as a whole: a line of an `.ndjson`, or a `.json`. */
export interface Unit {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** The units of a file, read as they are asked for. Throws NodeError `input-unusable` when it cannot be read. */
export async function* unitsOf(source: SourceFile): AsyncGenerator<Unit, undefined, undefined> {
  const { path, format } = source;
  try {
    if (format === 'json') {
      yield { file: path, line: 1, text: withoutMark(await text(contentOf(source))) };
      return;
    }
    let line = 0;
    for await (const content of createInterface({
      input: contentOf(source),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      line += 1;
      if (content.trim() !== '')
        yield { file: path, line, text: line === 1 ? withoutMark(content) : content };
    }
  } catch (cause) {
    if (cause instanceof NodeError) throw cause;
    throw new NodeError('input-unusable', `${path} cannot be read to its end.`, { cause });
  }
}

function contentOf({ path, isCompressed }: SourceFile): Readable {
  const file = createReadStream(path);
  if (!isCompressed) return file;
  const content = createGunzip();
  file.on('error', (error) => content.destroy(error));
  return file.pipe(content);
}

/** Some exporters begin a file with a byte order mark, which JSON does not have (RFC 8259 §8.1). */
function withoutMark(content: string): string {
  return content.startsWith('\u{feff}') ? content.slice(1) : content;
}

/** What a unit is, as far as a look at it tells. */
export type UnitKind =
  | { readonly kind: 'resource'; readonly name: string }
  | { readonly kind: 'not-a-resource' }
  | { readonly kind: 'not-json' };

/** Looks at a unit without judging it: whoever stores it does. */
export function kindOf({ text: content }: Unit): UnitKind {
  try {
    const value: unknown = JSON.parse(content);
    const { resourceType, id } = (value ?? {}) as { resourceType?: unknown; id?: unknown };
    if (typeof resourceType !== 'string') return { kind: 'not-a-resource' };
    return { kind: 'resource', name: typeof id === 'string' ? `${resourceType}/${id}` : resourceType };
  } catch {
    return { kind: 'not-json' };
  }
}

/** The `Type/id` of an entry of a Bundle; `Bundle` when there is no such entry. */
export function entryName({ text: content }: Unit, entry: number): string {
  const { entry: entries } = JSON.parse(content) as {
    entry?: { resource?: { resourceType?: string; id?: string } }[];
  };
  const { resourceType = 'Bundle', id } = entries?.[entry]?.resource ?? {};
  return id === undefined ? resourceType : `${resourceType}/${id}`;
}
