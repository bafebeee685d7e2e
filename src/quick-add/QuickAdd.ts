import * as chrono from "chrono-node"
import type { Due } from "../domain/Due.ts"
import type { ProjectId } from "../domain/Project.ts"
import type { Language, ParsedTask } from "../domain/QuickAdd.ts"
import type { Recurrence } from "../domain/Recurrence.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskPriority } from "../domain/Task.ts"
import { clockAt } from "../domain/TimeZone.ts"
import { nextDate } from "../recurrence/Occurrences.ts"
import { findRecurrence, type Span } from "./RecurrencePhrase.ts"
import { wordsOf } from "./Words.ts"

const { de, en, es, fr, nl, pt } = chrono
const parsers: { readonly [language in Language]: chrono.Chrono } = {
  de: de.casual,
  en: en.casual,
  es: es.casual,
  fr: fr.casual,
  nl: nl.casual,
  pt: pt.casual
}

interface Named<Id> {
  readonly id: Id
  readonly name: string
}

export interface Context {
  readonly language: Language
  /** What is now, in milliseconds, and where the user is. */
  readonly now: number
  readonly time_zone: string
  readonly projects: ReadonlyArray<Named<ProjectId>>
  readonly tags: ReadonlyArray<Named<TagId>>
}

/** The letters of a text, so that a span keeps its place: what was understood becomes spaces of the same length. */
const blank = (text: string, { end, start }: Span) => text.slice(0, start) + " ".repeat(end - start) + text.slice(end)

const isBoundary = (text: string, at: number) => !/^[\p{L}\p{N}]/u.test(text.slice(at))

const fold = (text: string) => text.normalize("NFC").toLowerCase()

/** The longest name that follows a sign, as in "#Book club". */
const findNamed = <Id>(text: string, sign: string, names: ReadonlyArray<Named<Id>>) => {
  const longestFirst = names.toSorted((a, b) => b.name.length - a.name.length)
  for (const { index } of text.matchAll(new RegExp(`(?<![^\\s])${sign}`, "g"))) {
    const start = index + sign.length
    const found = longestFirst.find(
      ({ name }) => fold(text.slice(start, start + name.length)) === fold(name) && isBoundary(text, start + name.length)
    )
    if (found !== undefined) return { id: found.id, start: index, end: start + found.name.length }
  }
  return undefined
}

const findPriority = (text: string, language: Language): (Span & { readonly priority: TaskPriority }) | undefined => {
  const levels = [
    ["high", 1],
    ["medium", 2],
    ["low", 3]
  ] as const
  for (const [priority, digit] of levels) {
    const own = wordsOf[language].priorities[priority]
    const found = new RegExp(`(?<!\\S)!(?:${priority}|${own}|${digit})(?!\\S)`, "iu").exec(text)
    if (found !== null) return { priority, start: found.index, end: found.index + found[0].length }
  }
  return undefined
}

const pad = (value: number | null, length = 2) => String(value ?? 0).padStart(length, "0")

const dateOf = (components: chrono.ParsedComponents) =>
  `${pad(components.get("year"), 4)}-${pad(components.get("month"))}-${pad(components.get("day"))}`

const timeOf = (components: chrono.ParsedComponents) =>
  `${pad(components.get("hour"))}:${pad(components.get("minute"))}`

/** With the prepositions in front: "on Dec 3". */
const withPrepositions = (text: string, { index, text: found }: chrono.ParsedResult, language: Language): Span => {
  const before = new RegExp(`(?<![\\p{L}\\p{N}])(?:(?:${wordsOf[language].before})\\s+)+$`, "iu").exec(
    text.slice(0, index)
  )
  return { start: before?.index ?? index, end: index + found.trimEnd().length }
}

/** Dates and times that a text names. A month alone, and from one time to another, is no due date. */
const findDates = (text: string, { language, now, time_zone }: Pick<Context, "language" | "now" | "time_zone">) => {
  const reference = { instant: new Date(clockAt(time_zone, now)), timezone: 0 }
  const results = parsers[language]
    .parse(text, reference, { forwardDate: true })
    .filter(
      ({ end, index, start }) =>
        !end && !start.isCertain("timezoneOffset") && !/[\p{L}\p{N}-]$/u.test(text.slice(0, index))
    )
  const hasDay = ({ start }: chrono.ParsedResult) => start.isCertain("day") || start.isCertain("weekday")
  const day = results.find(hasDay)
  const time = results.find(({ start }) => start.isCertain("hour"))
  return {
    date: day && dateOf(day.start),
    // Of a time alone chrono names the day on which it comes next.
    nearest: time && dateOf(time.start),
    time: time && timeOf(time.start),
    spans: Array.from(new Set([day, time]), (result) => result && withPrepositions(text, result, language))
  }
}

/** The first day of a rule that is not over: "every Monday" is today on a Monday, until the time of day has passed. */
const firstDate = (rrule: string, clock: string, time: string | undefined) => {
  const today = clock.slice(0, 10)
  const dayAt = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)
  const isOver = time !== undefined && time <= clock.slice(11, 16)
  return /BY/.test(rrule) ? nextDate(rrule, dayAt(isOver ? 0 : -1)) : dayAt(isOver ? 1 : 0)
}

/** What remains of a span around another one that is inside of it, without the spaces at its ends. */
const around = (text: string, { end, start }: Span, inner: Span | undefined): ReadonlyArray<Span> => {
  if (inner === undefined || inner.end <= start || inner.start >= end) return [{ start, end }]
  return [
    { start, end: inner.start },
    { start: inner.end, end }
  ].flatMap((piece) => {
    const part = text.slice(piece.start, piece.end)
    const trimmed = part.trim()
    const from = piece.start + part.length - part.trimStart().length
    return trimmed === "" ? [] : [{ start: from, end: from + trimmed.length }]
  })
}

/** When a text says that something is due, and how often: "every Monday at 9". `rest` has spaces where it does. */
export const findDue = (text: string, context: Pick<Context, "language" | "now" | "time_zone">) => {
  const { language, now, time_zone } = context
  const phrase = findRecurrence(text, language)
  const withoutPhrase = phrase === undefined ? text : blank(text, phrase)
  const { date, nearest, spans, time } = findDates(withoutPhrase, context)
  const recurrence: Recurrence | undefined = phrase && { rrule: phrase.rrule, anchor: phrase.anchor }
  const clock = new Date(clockAt(time_zone, now)).toISOString()
  const day = date ?? (recurrence && firstDate(recurrence.rrule, clock, time)) ?? nearest
  const due: Due | undefined = day === undefined ? undefined : { date: day, ...(time !== undefined && { time }) }
  const dates = spans.flatMap((span) => (span === undefined ? [] : around(text, span, phrase)))
  return { due, recurrence, phrase, dates, rest: dates.reduce(blank, withoutPhrase) }
}

/**
 * What a text says about a task: "Pay rent every 1st at 9 #home !high". The rest of it is the title. The same text and
 * context always give the same.
 */
export const parseTask = (text: string, context: Context): ParsedTask => {
  const { language, projects, tags } = context
  const spans: Array<ParsedTask["spans"][number]> = []
  let rest = text
  const take = (field: (typeof spans)[number]["field"], span: Span) => {
    spans.push({ field, start: span.start, end: span.end })
    rest = blank(rest, span)
  }

  const project = findNamed(rest, "#", projects)
  if (project !== undefined) take("project_id", project)
  const tag_ids: Array<TagId> = []
  for (const sign of ["@", "#"]) {
    for (let tag = findNamed(rest, sign, tags); tag !== undefined; tag = findNamed(rest, sign, tags)) {
      if (!tag_ids.includes(tag.id)) tag_ids.push(tag.id)
      take("tag_ids", tag)
    }
  }
  const priority = findPriority(rest, language)
  if (priority !== undefined) take("priority", priority)
  const { dates, due, phrase, recurrence } = findDue(rest, context)
  if (phrase !== undefined) take("recurrence", phrase)
  for (const span of dates) take("due", span)

  const title = rest.trim().replaceAll(/\s+/g, " ")
  // A text like "Tomorrow" alone is a title.
  if (title === "") return { task: { title: text.trim() }, spans: [] }
  return {
    task: {
      title,
      ...(due !== undefined && { due }),
      ...(recurrence !== undefined && { recurrence }),
      ...(priority !== undefined && { priority: priority.priority }),
      ...(project !== undefined && { project_id: project.id }),
      ...(tag_ids.length > 0 && { tag_ids })
    },
    spans: spans.toSorted((a, b) => a.start - b.start)
  }
}
