import type { Event } from '../../proof/index.ts';

const quote = JSON.stringify;

/**
 * The JCS text of an event (RFC 8785: members sorted, strings as `JSON.stringify` writes them), built directly because
 * every request needs one. Equal to proof's `canonicalize(event)`.
 */
export function eventText(event: Event): string {
  const content = event.content === undefined ? '' : `"content":${quote(event.content)},`;
  return (
    `{"actor":${quote(event.actor)},"block":${quote(event.block)},${content}"height":${event.height},"id":${quote(event.id)}` +
    `,"kind":${quote(event.kind)},"object":${quote(event.object)},"organisation":${quote(event.organisation)}` +
    `,"time":${quote(event.time)},"v":1}`
  );
}
