import { canonicalize, canonicalizeJsonText, parseJsonKeepingDigits } from '../../../src/proof/index.ts';

/** A resource's canonical text without what a server sets: id of its own choice stays, version and time go. */
export function withoutServerFields(text: string): string {
  const { meta, ...rest } = parseJsonKeepingDigits(canonicalizeJsonText(text)) as {
    meta?: Record<string, unknown>;
  };
  const { versionId: _version, lastUpdated: _time, ...kept } = meta ?? {};
  return canonicalize(Object.keys(kept).length === 0 ? rest : { ...rest, meta: kept });
}
