import { BREAK_GLASS, type Decision, exceptionOf, SECURITY_EXCEPTION } from '../consent/index.ts';
import type { Context } from './context.ts';
import type { Trail } from './trail.ts';

/**
 * Notes on the trail what one decision rested on beside consents: broken glass, or why it refused all or part. A refusal is kept apart from what
 * was disclosed: it names nothing and nobody, and is sealed before it is written.
 */
export function noteDecision({ trail, principal }: Context, decision: Decision): void {
  if (decision.rule === 'break-glass') trail.isEmergency = true;
  for (const refusal of decision.permit ? decision.withheld : [decision]) {
    const { code, source } = exceptionOf(refusal, principal.purposes);
    trail.refusals.add(`${code}: ${source}`);
  }
}

/** The purposes that a request served: breaking the glass only where it was what opened the record, or nothing else was stated. */
export function purposesServed(purposes: readonly string[], isEmergency: boolean): readonly string[] {
  const others = purposes.filter((purpose) => purpose !== BREAK_GLASS);
  return isEmergency || others.length === 0 ? purposes : others;
}

/**
 * Whether an answer of this kind may have left something out. Its entry then has a sealed note whether or not it did: that there is
 * one tells nothing of what is here. A read that is answered says itself, by the tag REDACTED, that parts are missing.
 */
export function mayWithhold({ action, subtype, refusals }: Trail, status: number): boolean {
  if (status >= 400) return status < 500;
  if (subtype === 'read' || subtype === 'vread') return refusals.size > 0;
  // A write that went through has none: that it came by something hidden must not show.
  return action === 'R' || action === 'E';
}

/** The exceptions of a request; that of a token which does not reach so far, where no decision was come to. */
export function refusalsOf(refusals: ReadonlySet<string>, status: number): readonly string[] {
  const isToken = status === 401 || (status === 403 && refusals.size === 0);
  return isToken ? [`${SECURITY_EXCEPTION.code}: ${SECURITY_EXCEPTION.source}`] : [...refusals];
}
