import type { Event } from '../../proof/index.ts';

/** Printable ASCII that JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * The JCS text of an event (RFC 8785: members sorted, strings as `JSON.stringify` writes them), built directly because
 * every request needs one. Equal to proof's `canonicalize(event)` for an event of the forms of FORMATS §2.
 */
export function eventText(event: Event): string {
  const content = event.content === undefined ? '' : `"content":"${event.content}",`;
  return (
    `{"actor":${quoted(event.actor)},"block":"${event.block}",${content}"height":${event.height},"id":"${event.id}"` +
    `,"kind":"${event.kind}","object":${quoted(event.object)},"organisation":"${event.organisation}"` +
    `,"time":"${event.time}","v":1}`
  );
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
