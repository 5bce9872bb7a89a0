import { isDeepStrictEqual } from 'node:util';
import { resourceTypes } from '../../r4/index.ts';
import type { StoredVersion } from '../../vault/index.ts';
import { type Judged, type Permission, type Reach, reachWithin } from '../access.ts';
import type { Context } from '../context.ts';
import { FhirError } from '../errors.ts';
import { type VersionJudge, versionJudge } from '../older-version.ts';
import { type EventParameters, isWanted } from './event-parameters.ts';

/** SMART App Launch 2.2: a version is read by `r`, and that there is one of a type is found out by `s` (history of a type). Both are needed. */
const NEEDED: readonly Permission[] = ['r', 's'];

/** The different reaches of a token on a type; undefined when one of them is missing. */
function reachesOf({ principal }: Context, type: string): readonly Reach[] | undefined {
  const reaches: Reach[] = [];
  for (const permission of NEEDED) {
    const reach = reachWithin(principal, type, permission);
    if (reach === undefined) return undefined;
    if (!reaches.some((known) => isDeepStrictEqual(known, reach))) reaches.push(reach);
  }
  return reaches;
}

/** Decides, once, on what a stream may tell: by exactly what a read of the version would come to at this moment. */
export class EventJudge {
  readonly #context: Context;
  readonly #parameters: EventParameters;
  readonly #judges = new Map<string, readonly VersionJudge[]>();

  constructor(context: Context, parameters: EventParameters) {
    this.#context = context;
    this.#parameters = parameters;
  }

  /** Whether anything of a type could be told. */
  wants(type: string): boolean {
    return isWanted(this.#parameters, type) && this.#judgesOf(type).length > 0;
  }

  /** Throws FhirError `not-permitted` when nothing could ever be told, or nothing of a type that was named: the same whether or not there is any. */
  requireReach(): void {
    const { types } = this.#parameters;
    const isReached = (type: string) => this.wants(type);
    const reached = types === undefined ? resourceTypes().some(isReached) : [...types].every(isReached);
    if (!reached) throw new FhirError('not-permitted', 'The token does not reach what is asked for.');
  }

  /** What may be shown of a version; undefined when nothing may be told. Notes nothing. */
  async judge(version: StoredVersion): Promise<Judged | undefined> {
    let judged: Judged | undefined;
    for (const judge of this.#judgesOf(version.type)) {
      judged = await judge(version);
      if (judged === undefined) return undefined;
    }
    const { patient } = this.#parameters;
    return patient === undefined || judged?.shown.patients.includes(patient) === true ? judged : undefined;
  }

  #judgesOf(type: string): readonly VersionJudge[] {
    let judges = this.#judges.get(type);
    if (judges === undefined) {
      judges = (reachesOf(this.#context, type) ?? []).map((reach) => versionJudge(this.#context, reach));
      this.#judges.set(type, judges);
    }
    return judges;
  }
}
