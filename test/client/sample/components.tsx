import { useQuery } from "@tanstack/react-query"
import { makeTasksClient, newId, type TaskQuery } from "effect-tasks/client"
import { indexedDbStorage } from "effect-tasks/offline"
import { ConflictError, makeOutbox, makeQueries, newTask, useOutbox, useTasks, useWrite } from "effect-tasks/react"

const client = makeTasksClient({ baseUrl: "https://tasks.example.com", token: "token" })
const queries = makeQueries(client)
const outbox = makeOutbox({ client, storage: indexedDbStorage("ada") })
const query: TaskQuery = { sort: "-position" }

/** A list with optimistic writes, undo and conflicts. */
export const Tasks = () => {
  const { tasks } = useTasks(queries, outbox, query)
  const write = useWrite(outbox)
  const entries = useOutbox(outbox)
  const projects = useQuery(queries.projects())
  return (
    <ul>
      <button type="button" onClick={() => write(newTask({ id: newId(), title: `In ${projects.data?.length}` }))} />
      {tasks.map((task) => (
        <li key={task.id}>
          <button type="button" onClick={() => write({ op: "update", task, change: { status: "completed" } }).undo()}>
            {task.title}
          </button>
        </li>
      ))}
      {entries.map(({ error, key }) =>
        error instanceof ConflictError ? (
          <button key={key} type="button" onClick={() => outbox.resolve(key, "mine")}>
            {error.fields.join()} {error.current.title}
          </button>
        ) : null
      )}
    </ul>
  )
}
