export * from "../outbox/index.ts"
export { indexedDbStorage } from "./IndexedDbStorage.ts"
