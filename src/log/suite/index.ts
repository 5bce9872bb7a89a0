export { openOwnLog } from './own-log.ts';
