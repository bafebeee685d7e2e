export type { ChangedField } from "./Merge.ts"
export { makeOutbox, type Outbox, type OutboxEntry, type OutboxOptions, type OutboxStorage } from "./Outbox.ts"
export { ConflictError } from "./Sender.ts"
export { applyChange, applyWrite, newTask, type TaskWrite, undoOf } from "./TaskWrite.ts"
