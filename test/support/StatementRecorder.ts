import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import { Statement } from "effect/sql"
import { ProjectId } from "../../src/domain/Project.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { TaskId } from "../../src/domain/Task.ts"
import type { TaskSort } from "../../src/domain/TaskQuery.ts"
import type { UserId } from "../../src/domain/User.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TicketRepo } from "../../src/repositories/TicketRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`

/** What the statements are about. Another user may have rows with the same ids. */
export const project = ProjectId.make(id(1))
export const tags = [TagId.make(id(11)), TagId.make(id(12))] as const
export const tasks = [TaskId.make(id(21)), TaskId.make(id(22))] as const
export const trashed = TaskId.make(id(23))
export const key = "key"

const time = "2026-01-01T00:00:00.000Z"
const dates = { version: 1, created_at: time, updated_at: time }
const later = { list: 0, key: "2999-01-01T00:00:00.000Z", id: id(0) }

/** Every method of every repository at least once, and on every way through it that has a statement of its own. */
const methods = (owner: UserId) =>
  Effect.gen(function* () {
    const [projects, tagRepo, taskRepo] = [yield* ProjectRepo, yield* TagRepo, yield* TaskRepo]
    const [answers, trash, account] = [yield* IdempotencyRepo, yield* TrashRepo, yield* AccountRepo]
    const [changes, tickets] = [yield* ChangesRepo, yield* TicketRepo]
    // What was changed has another version, so the second of two that name the first finds nothing to change.
    const first = [1]
    const [task, anchor] = tasks
    const full = { id: task, title: "one two", project_id: project, tag_ids: tags, due_at: time } as const
    const sorts: ReadonlyArray<readonly [TaskSort, string]> = [
      ["-created_at", later.key],
      ["-updated_at", later.key],
      ["due_at", "-infinity"],
      ["-due_at", "infinity"],
      ["-priority", "3"],
      ["position", "A0"],
      ["title", " "]
    ]
    const given = { status: 201, headers: {}, body: "{}" }
    const bare = {
      ...dates,
      id: project,
      user_id: owner,
      name: "p",
      description: null,
      color: null,
      archived: false
    } as const
    return [
      [
        projects,
        {
          create: [
            projects.create(owner, { id: project, name: "p" }),
            projects.create(owner, { id: project, name: "p" })
          ],
          list: [projects.list(owner, { count: "exact" }), projects.list(owner, { cursor: later })],
          find: [projects.find(owner, project)],
          update: [
            projects.update(owner, project, { name: "q" }, first),
            projects.update(owner, project, { name: "q" }, first)
          ],
          remove: [projects.remove(owner, project, first)]
        }
      ],
      [
        tagRepo,
        {
          create: [
            tagRepo.create(owner, { id: tags[0], name: "red" }),
            tagRepo.create(owner, { id: tags[0], name: "red" }),
            tagRepo.create(owner, { id: tags[1], name: "RED" }),
            tagRepo.create(owner, { id: tags[1], name: "blue" })
          ],
          list: [tagRepo.list(owner, { count: "exact" }), tagRepo.list(owner, { cursor: later })],
          find: [tagRepo.find(owner, tags[0])],
          update: [
            tagRepo.update(owner, tags[0], { color: "#ffffff" }, first),
            tagRepo.update(owner, tags[0], { color: "#ffffff" }, first),
            tagRepo.update(owner, tags[1], { name: "Red" }, "*")
          ],
          remove: [tagRepo.remove(owner, tags[0], first)]
        }
      ],
      [
        taskRepo,
        {
          create: [
            taskRepo.create(owner, full),
            taskRepo.create(owner, full),
            taskRepo.create(owner, { id: anchor, title: "two" })
          ],
          find: [taskRepo.find(owner, task)],
          list: [
            ...sorts.flatMap(([sort, key]) => [
              taskRepo.list(owner, { sort, count: "exact" }),
              taskRepo.list(owner, { sort, cursor: { ...later, key } })
            ]),
            ...(
              [
                ["due_at", "2000-01-01T00:00:00.000Z"],
                ["due_at", "2000-01-01T00:00:00.000"],
                ["-due_at", "2999-01-01T00:00:00.000Z"],
                ["-due_at", "2999-01-01T00:00:00.000"],
                ["due_at", "infinity"]
              ] as const
            ).map(([sort, key]) =>
              taskRepo.list(owner, { sort, time_zone: "Europe/Berlin", cursor: { ...later, key } })
            ),
            taskRepo.list(owner, { sort: "due_at", time_zone: "Europe/Berlin", due_after: "2000-01-01" }),
            taskRepo.list(owner, { sort: "due_at", time_zone: "Europe/Berlin", count: "exact" }),
            ...[
              { status: ["pending" as const] },
              { priority: "none" as const },
              { project_id: project },
              { project_id: "none" as const },
              { parent_id: anchor },
              { parent_id: "none" as const },
              { tag_id: tags },
              { due_before: later.key, due_after: "2000-01-01T00:00:00.000Z" },
              { due_before: "2999-01-01", time_zone: "Europe/Berlin" },
              { updated_since: "2000-01-01T00:00:00.000Z" },
              { q: "one tw" }
            ].map((filters) => taskRepo.list(owner, { ...filters, count: "exact" }))
          ],
          update: [
            taskRepo.update(owner, task, { title: "three" }, first),
            taskRepo.update(owner, task, { title: "three" }, first),
            taskRepo.update(owner, task, { tag_ids: [tags[0]], project_id: null }, undefined),
            taskRepo.update(owner, anchor, { recurrence: { rrule: "FREQ=DAILY", anchor: "due" } }, undefined),
            taskRepo.update(owner, anchor, { status: "completed" }, [2]),
            taskRepo.update(owner, anchor, { status: "completed" }, [2])
          ],
          completions: [
            taskRepo.completions(owner, anchor, { count: "exact" }),
            taskRepo.completions(owner, anchor, { cursor: { ...later, key: "9" } })
          ],
          move: [
            taskRepo.move(owner, task, { before: anchor }, first),
            taskRepo.move(owner, task, { after: anchor }, undefined)
          ],
          bulk: [
            taskRepo.bulk(owner, [
              { op: "update", id: task, change: { title: "four" } },
              { op: "update", id: anchor, change: { parent_id: task } }
            ])
          ],
          remove: [taskRepo.remove(owner, task, undefined)]
        }
      ],
      [
        answers,
        {
          runOnce: [
            answers.runOnce(owner, key, "f", Effect.succeed(given)),
            answers.runOnce(owner, key, "f", Effect.succeed(given))
          ],
          purge: [answers.purge]
        }
      ],
      [
        trash,
        {
          list: [trash.list(owner, { count: "exact" }), trash.list(owner, { cursor: later })],
          restore: [trash.restore(owner, trashed)],
          remove: [trash.remove(owner, trashed)],
          purge: [trash.purge]
        }
      ],
      [
        changes,
        {
          read: [
            changes.read(owner, undefined, undefined),
            changes.read(owner, { epoch: 0, seq: 0, row: { type: "tag", id: id(0) }, began: 0 }, 1)
          ],
          end: [changes.end(owner)],
          ends: [changes.ends([owner])],
          purge: [changes.purge]
        }
      ],
      [
        tickets,
        { create: [tickets.create(owner, time)], redeem: [tickets.redeem(owner, project)], purge: [tickets.purge] }
      ],
      [
        account,
        {
          erase: [account.erase(owner)],
          // No row of a user is in its result.
          updateStatistics: [account.updateStatistics(1)],
          streamAll: [Effect.flatMap(account.streamAll(owner), Stream.runDrain)],
          restoreParents: [
            account.restoreParents(owner, [{ id: anchor, parent_id: TaskId.make(id(24)), version: null }], true),
            account.restoreParents(owner, [{ id: anchor, parent_id: anchor, version: null }], false)
          ],
          restore: [
            account.restore(owner, "project", [bare]),
            account.restore(
              owner,
              "tag",
              [13, 14].map((n) => ({ ...dates, id: TagId.make(id(n)), user_id: owner, name: "Red", color: null }))
            ),
            account.restore(owner, "completion", [
              { task_id: anchor, version: 1, due: null, completed_at: dates.created_at, user_id: owner }
            ]),
            account.restore(owner, "task", [
              {
                ...dates,
                ...full,
                id: TaskId.make(id(24)),
                user_id: owner,
                description: null,
                status: "pending",
                priority: "none",
                position: "n1",
                completed_at: null
              }
            ])
          ]
        }
      ]
    ] as const
  })

export interface Recorded {
  readonly text: string
  readonly params: ReadonlyArray<unknown>
}

/** Every statement that the repositories send for this user, each once. */
export const record = Effect.fnUntraced(function* (owner: UserId) {
  const recorded = new Map<string, Recorded>()
  const recording: Statement.Transformer = (statement) =>
    Effect.sync(() => {
      const [text, params] = statement.compile()
      recorded.set(text, { text, params })
      return statement
    })
  for (const [repo, calls] of yield* methods(owner)) {
    assert.sameMembers(Object.keys(calls), Object.keys(repo))
    for (const call of Object.values(calls).flat() as ReadonlyArray<Effect.Effect<unknown, unknown>>) {
      const exit = yield* Effect.exit(Effect.provideService(call, Statement.CurrentTransformer, recording))
      // A domain error is a valid result. A statement that the database rejects is not.
      assert(Exit.isSuccess(exit) || !Cause.hasDies(exit.cause), String(exit))
    }
  }
  return Array.from(recorded.values())
})
