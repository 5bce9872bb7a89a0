import { canonicalize, parseJsonKeepingDigits } from '../../proof/index.ts';
import { parseResource } from '../parse.ts';
import { REDACTED, SUBSETTED } from '../release-tag.ts';
import { isObject, type JsonObject } from '../resource.ts';
import { validate } from '../validation/validate.ts';
import { withoutNarratives, withoutOrphans } from './along.ts';
import { leadsSomewhere, type Mutable, parseStep } from './element.ts';
import { type Manner, maskAt, sweep } from './mask-at.ts';

/** Members without which a release is no version of anything: what is hidden in them hides the whole. */
const UNMASKABLE: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'modifierExtension']);

/**
 * The canonical text without the elements at these FHIRPaths (`Observation.component[1]`), tagged REDACTED and SUBSETTED; digits
 * kept. Each leaves a data-absent-reason `masked` where that is valid, else nothing, else what it stands in goes with it. Undefined
 * when nothing valid is left, and when a path leads nowhere, so that what it means would stay: then nothing of the resource can be
 * shown.
 */
export function maskedText(text: string, paths: readonly string[]): string | undefined {
  let steps = paths.map((path) => path.split('.').slice(1));
  const whole = parseJsonKeepingDigits(text) as JsonObject;
  if (!steps.every((each) => leadsSomewhere(whole, each))) return undefined;
  for (;;) {
    if (steps.some((each) => each.length === 0 || each.some((step) => UNMASKABLE.has(parseStep(step).name))))
      return undefined;
    for (const manner of ['mask', 'remove'] as const) {
      const left = attempt(text, steps, manner);
      if (isNoWorse(left, text)) return left;
    }
    if (steps.every((each) => each.length === 1)) return undefined;
    steps = steps.map((each) => (each.length === 1 ? each : each.slice(0, -1)));
  }
}

function attempt(text: string, paths: readonly (readonly string[])[], manner: Manner): string {
  const resource = parseJsonKeepingDigits(text) as Mutable;
  for (const steps of paths) maskAt(resource, steps, manner);
  sweep(resource);
  withoutNarratives(resource);
  withoutOrphans(resource);
  const meta = isObject(resource.meta) ? resource.meta : {};
  const security = [...listOf(meta.security), REDACTED];
  const tag = [...listOf(meta.tag), SUBSETTED];
  return canonicalize({ ...resource, meta: { ...meta, security, tag } } as JsonObject);
}

const listOf = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value : []);

/** Whether it has no error that the whole does not have: what was imported may have had some. */
function isNoWorse(left: string, whole: string): boolean {
  const errors = errorsOf(left);
  if (errors.length === 0) return true;
  const known = new Set(errorsOf(whole));
  return errors.every((error) => known.has(error));
}

function errorsOf(text: string): string[] {
  const { resource, text: parsed } = parseResource(text);
  return validate(resource, parsed)
    .filter(({ severity }) => severity === 'error')
    .map(({ expression, rule }) => `${expression} ${rule}`);
}
