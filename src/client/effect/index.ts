export { EffectClient, type EffectClientOptions } from "./EffectClient.ts"
