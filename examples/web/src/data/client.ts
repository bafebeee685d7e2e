import { makeTasksClient } from "effect-tasks/client"
import { makeQueries } from "effect-tasks/react"
import { token } from "../session/tokens.ts"

export const client = makeTasksClient({ baseUrl: import.meta.env.VITE_TASKS_URL ?? "http://127.0.0.1:8000", token })
export const queries = makeQueries(client)
