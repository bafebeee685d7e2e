export { EffectClient, type EffectClientOptions } from "./EffectClient.ts"
export { type SyncError, type SyncPage, sync } from "./sync.ts"
