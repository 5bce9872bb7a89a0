export { formatAddCheckpoint } from './add-checkpoint-request.ts';
export { type Alarm, type AlarmCode, Alarms } from './alarm.ts';
export type { AnchoredContent, AnchoredCosignature } from './anchor-note.ts';
export type { AnchoredHead } from './anchor-register.ts';
export { anchoredHeads } from './anchored-heads.ts';
export { Anchoring, type AnchoringOptions } from './anchoring.ts';
export { appenderOf } from './appender.ts';
export { checkLog, type LogProblem, type LogProblemCode } from './check-log.ts';
export { type Anchor, anchorsContract, type Erasure } from './contract.ts';
export type { CosignedCheckpoint } from './cosigned-checkpoints.ts';
export { decodeEntryBundle } from './entry-bundle.ts';
export { LogError, type LogErrorCode } from './errors.ts';
export { httpTiles, httpWitness } from './http-client.ts';
export { type KeptNote, keptNotes } from './kept-notes.ts';
export { type KnownLog, type KnownLogs, knownLogsOf, logKeysEver } from './known-log.ts';
export { logMigrations } from './migrations.ts';
export { type LogOptions, type OrganisationLog, openLog } from './organisation-log.ts';
export type { Published, Witnessing } from './publisher.ts';
export type { OnRecovered, Recovery } from './recovery.ts';
export { type LogServices, logRoutes } from './routes.ts';
export { type StoredLog, storedLogs } from './stored-log.ts';
export { every } from './ticking.ts';
export { formatTilePath, parseTilePath, type TileAddress } from './tile-path.ts';
export { type FetchTile, type TileResource, type TileSource, tilesOf } from './tile-source.ts';
export { type AddCheckpointReply, Witness, type WitnessOptions } from './witness.ts';
export {
  type AddCheckpoint,
  inProcessWitness,
  type WitnessClient,
  type WitnessReply,
} from './witness-client.ts';
export type { LinkOutcome } from './witness-link.ts';
export type { WitnessedHead } from './witnessed-heads.ts';
