export * from "../outbox/index.ts"
export { connectOutbox } from "./connectOutbox.ts"
export { makeQueries, type Queries } from "./queries.ts"
export { useOutbox, useTasks, useWrite } from "./useTasks.ts"
