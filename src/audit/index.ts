export { accessEvent } from './access-event.ts';
export type { AccessInput } from './access-input.ts';
export { auditedParameters } from './audited-parameters.ts';
export { createRecorder } from './recorder.ts';
