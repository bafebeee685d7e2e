import { Schema } from "effect"
import { described, named } from "./Description.ts"
import { TimeZone } from "./Due.ts"
import { TaskCreate } from "./Task.ts"
import { TrimmedText } from "./Text.ts"
import { TimestampInput } from "./Timestamp.ts"

export const Language = Schema.Literals(["en", "de", "fr", "es", "pt", "nl"]).pipe(
  named("Language", "A language that the parser supports.")
)
export type Language = typeof Language.Type

const example = {
  text: "Pay rent every 1st at 9 !high",
  task: {
    title: "Pay rent",
    due: { date: "2026-12-01", time: "09:00" },
    recurrence: { rrule: "FREQ=MONTHLY;BYMONTHDAY=1", anchor: "due" },
    priority: "high"
  },
  spans: [
    { field: "recurrence", start: 9, end: 18 },
    { field: "due", start: 19, end: 23 },
    { field: "priority", start: 24, end: 29 }
  ]
} as const

export const TaskText = Schema.Struct({
  text: TrimmedText(200).pipe(described("The task as the user writes it.")),
  language: Schema.optionalKey(Language).pipe(described("The language of the text; `en` if absent.")),
  time_zone: Schema.optionalKey(TimeZone).pipe(
    described("The user's time zone, which decides what day it is; `UTC` if absent.")
  ),
  now: Schema.optionalKey(TimestampInput).pipe(
    described("The time that the text is understood from. By default it is the time of the server.")
  )
}).pipe(
  named("TaskText", "A task as a user writes it.", { text: example.text, language: "en", time_zone: "Europe/Berlin" })
)
export type TaskText = typeof TaskText.Type

const Span = Schema.Struct({
  field: Schema.Literals(["due", "recurrence", "priority", "project_id", "tag_ids"]).pipe(
    described("The field that this part of the text sets.")
  ),
  start: Schema.Natural.pipe(described("Where it begins, in UTF-16 code units.")),
  end: Schema.Natural.pipe(described("Where it ends, in UTF-16 code units."))
})

export const ParsedTask = Schema.Struct({
  task: TaskCreate.pipe(described("The task to create. Its title is the text that was not recognized.")),
  spans: Schema.Array(Span).pipe(described("The recognized parts of the text, in order."))
}).pipe(named("ParsedTask", "What a text says about a task.", { task: example.task, spans: example.spans }))
export type ParsedTask = typeof ParsedTask.Type
