import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NodeError } from '../errors.ts';

/** A file to import. */
export interface SourceFile {
  /** As the report names it. */
  readonly path: string;
  readonly format: 'json' | 'ndjson';
  readonly isCompressed: boolean;
  /** Whether it was named itself, and not found in a folder: what it holds then has to be FHIR. */
  readonly isNamed: boolean;
  /** Stands for place, size and time of change; says nothing of the name, which may be a person's. */
  readonly fingerprint: string;
}

const NAME = /\.(json|ndjson)(\.gz)?$/i;

/**
 * The files to import: those named, and in folders every `.json` and `.ndjson`, compressed or not, at any depth, by name.
 * Throws NodeError `input-unusable` for a path that is not there or a named file of another kind.
 */
export function findSources(paths: readonly string[]): SourceFile[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new NodeError('input-unusable', `${path} is not there.`);
    if (found.isDirectory()) return below(path);
    const source = sourceOf(path, true);
    if (source === undefined) {
      throw new NodeError('input-unusable', `${path} is none of .json, .ndjson, .json.gz and .ndjson.gz.`);
    }
    return [source];
  });
}

function below(folder: string): SourceFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => NAME.test(name));
  return names.sort().flatMap((name) => sourceOf(join(folder, name), false) ?? []);
}

function sourceOf(path: string, isNamed: boolean): SourceFile | undefined {
  const [, format, compressed] = NAME.exec(path) ?? [];
  const found = statSync(path, { throwIfNoEntry: false });
  if (format === undefined || found?.isFile() !== true) return undefined;
  const identity = `${resolve(path)}\n${found.size}\n${found.mtimeMs}`;
  return {
    path,
    format: format.toLowerCase() === 'json' ? 'json' : 'ndjson',
    isCompressed: compressed !== undefined,
    isNamed,
    fingerprint: createHash('sha256').update(identity).digest('hex'),
  };
}
