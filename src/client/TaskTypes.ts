import type { ListQuery, VersionedRow } from "./Types.ts"

/** The progress of a task. */
export type TaskStatus = "pending" | "in_progress" | "completed"

/** The importance of a task, in ascending order. */
export type TaskPriority = "none" | "low" | "medium" | "high"

/** When a task is due: on a day, at a time wherever the user is, or at a time in a time zone. */
export interface Due {
  /** The day: `2026-12-01`. */
  readonly date: string
  /** The time: `09:00`. Without it the task is due at the end of the day. */
  readonly time?: string
  /** The IANA time zone of the time: `Europe/Berlin`. Without it the time is meant wherever the user is. */
  readonly time_zone?: string
}

/** When a task is due again after it was completed. */
export interface Recurrence {
  /** The rule, as in RFC 5545, daily or less often: `FREQ=WEEKLY;BYDAY=MO`. */
  readonly rrule: string
  /** Whether the next occurrence follows the due date, or the day on which the task was completed. */
  readonly anchor: "due" | "completion"
}

/** An occurrence of a recurring task that was completed. */
export interface TaskCompletion {
  /** The version of the task that was completed. */
  readonly version: number
  /** When the occurrence was due. */
  readonly due: Due | null
  /** When the occurrence was completed: RFC 3339, UTC. */
  readonly completed_at: string
}

/** A rule to preview. */
export interface RecurrencePreview {
  /** The rule, as in RFC 5545. */
  readonly rrule: string
  /** When the first occurrence is due. */
  readonly due: Due
  /** The maximum number of occurrences, 1 to 20; 5 by default. */
  readonly limit?: number
}

/** The first occurrences of a rule. */
export interface Occurrences {
  /** In order, beginning with the given due date. */
  readonly occurrences: ReadonlyArray<{
    /** When this occurrence is due. */
    readonly due: Due
    /** The instant of `due`, if that has a time zone. */
    readonly due_at: string | null
  }>
  /** Whether there are further occurrences. */
  readonly has_more: boolean
}

/** A task as the server returns it. */
export interface Task extends VersionedRow {
  /** Identifies the task: a UUID. */
  readonly id: string
  /** What is to be done, 1 to 200 characters. */
  readonly title: string
  /** Notes on the task, up to 2000 characters. */
  readonly description: string | null
  /** The progress of the task. */
  readonly status: TaskStatus
  /** The importance of the task. */
  readonly priority: TaskPriority
  /** When the task is due, as it was given. */
  readonly due: Due | null
  /** The instant of `due`, if that has a time zone: RFC 3339, UTC. */
  readonly due_at: string | null
  /** When the task is due again. Completing it moves `due` to the next occurrence. */
  readonly recurrence: Recurrence | null
  /** The project of the task, or `null` for none. */
  readonly project_id: string | null
  /** The task that this is a subtask of, or `null` for none. There are at most five levels. */
  readonly parent_id: string | null
  /** The direct subtasks of the task. The server counts them. */
  readonly subtasks: {
    /** The number of direct subtasks. */
    readonly total: number
    /** The number of completed ones among them. */
    readonly completed: number
  }
  /** The tags of the task, up to 50. A change replaces all of them. */
  readonly tag_ids: ReadonlyArray<string>
  /** Sort key of the user's own order: compare with `<`, not with `localeCompare`. `tasks.move` changes it. */
  readonly position: string
  /** When the task was completed. The server sets and clears it with `status`. */
  readonly completed_at: string | null
}

/** A task in the trash. The server deletes it after 30 days. */
export interface TrashedTask extends Task {
  /** When the task was moved to the trash: RFC 3339, UTC. */
  readonly deleted_at: string
}

type TaskFields = Pick<
  Task,
  "title" | "description" | "status" | "priority" | "due" | "recurrence" | "project_id" | "parent_id" | "tag_ids"
>

/** A change to a task. Absent fields stay as they are; `null` clears a field. */
export interface TaskUpdate extends Partial<TaskFields> {
  /** Short for a `due` in UTC: a `Date`, or RFC 3339 with an offset. Give only one of the two. */
  readonly due_at?: Date | string | null
  /** The user's time zone, to complete a task that recurs after its completion and has no time zone; UTC by default. */
  readonly time_zone?: string
}

/** A new task. */
export interface TaskCreate extends Omit<TaskUpdate, "time_zone"> {
  /** A UUID of your own, to show and change the task before the server has it. */
  readonly id?: string
  /** What is to be done, 1 to 200 characters. */
  readonly title: string
}

/** A task as a user writes it. */
export interface TaskText {
  /** The task as the user writes it, up to 200 characters. */
  readonly text: string
  /** The language of the text; `"en"` by default. */
  readonly language?: "en" | "de" | "fr" | "es" | "pt" | "nl"
  /** The user's time zone; UTC by default. */
  readonly time_zone?: string
  /** The time that the text is understood from; the time of the server by default. */
  readonly now?: Date | string
}

/** What a text says about a task. */
export interface ParsedTask {
  /** The task to create. Its title is the text that was not recognized. */
  readonly task: TaskCreate
  /** The recognized parts of the text, in order. */
  readonly spans: ReadonlyArray<{
    /** The field that this part of the text sets. */
    readonly field: "due" | "recurrence" | "priority" | "project_id" | "tag_ids"
    /** Where it begins: an index for `text.slice`. */
    readonly start: number
    /** Where it ends. */
    readonly end: number
  }>
}

/** Where `tasks.move` puts a task in the user's own order, which `sort: "position"` lists in ascending order. */
export type TaskMove =
  | {
      /** The id of the task that follows the moved task in ascending order. */
      readonly before: string
    }
  | {
      /** The id of the task that precedes the moved task in ascending order. */
      readonly after: string
    }

/** The task that an operation of `tasks.bulk` applies to. */
interface OperationTarget {
  /** Identifies the task. */
  readonly id: string
  /** Apply the operation only to this version; another one fails the whole request with `TASK_VERSION_CONFLICT`. */
  readonly version?: number
}

/** One operation of `tasks.bulk`. */
export type TaskOperation =
  | {
      /** Creates a task. */
      readonly op: "create"
      /** The new task. */
      readonly task: TaskCreate
    }
  | (OperationTarget & {
      /** Changes a task. */
      readonly op: "update"
      /** The fields to change. */
      readonly change: TaskUpdate
    })
  | (OperationTarget & {
      /** Moves a task to the trash. */
      readonly op: "delete"
    })

/** The order of a list: a field, with `-` in front for descending order. Tasks without a due date come last. */
export type TaskSort = TaskSortField | `-${TaskSortField}`
export type TaskSortField = "created_at" | "updated_at" | "due_at" | "priority" | "position" | "title"

/** Which tasks to return, and in which order. A task must match all filters. */
export interface TaskQuery extends ListQuery {
  /** Tasks with any of these statuses. An empty array matches no task. */
  readonly status?: ReadonlyArray<TaskStatus>
  /** Tasks of this priority. */
  readonly priority?: TaskPriority
  /** Tasks of this project, or `"none"` for tasks without a project. */
  readonly project_id?: string
  /** Subtasks of this task, or `"none"` for top-level tasks. */
  readonly parent_id?: string
  /** Tasks with all of these tags, up to 20. */
  readonly tag_id?: ReadonlyArray<string>
  /** Tasks that are due before this time, or before this day: `2026-12-01`. */
  readonly due_before?: Date | string
  /** Tasks that are due after this time, or after this day: `2026-12-01`. */
  readonly due_after?: Date | string
  /** The user's time zone, for due dates and filters without one; UTC by default. */
  readonly time_zone?: string
  /** Tasks that changed at or after this time. Approximate: `changes` is exact. */
  readonly updated_since?: Date | string
  /** Words in title or description, up to 200 characters. The last word matches as a prefix. */
  readonly q?: string
  /** The order of the tasks; `"-created_at"`, newest first, by default. */
  readonly sort?: TaskSort
}
