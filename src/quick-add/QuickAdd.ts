import { isBlank } from "../domain/Blank.ts"
import type { ProjectId } from "../domain/Project.ts"
import type { Language, ParsedTask } from "../domain/QuickAdd.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskPriority } from "../domain/Task.ts"
import { plain } from "./DatePatterns.ts"
import { around, blank, findDue, type TimeContext } from "./DueDates.ts"
import type { Span } from "./RecurrencePhrase.ts"
import { wordsOf } from "./Words.ts"

interface Named<Id> {
  readonly id: Id
  readonly name: string
}

export interface Context extends TimeContext {
  readonly projects: ReadonlyArray<Named<ProjectId>>
  readonly tags: ReadonlyArray<Named<TagId>>
}

/** "#C++" and "#home-office" are other names than "C" and "home". */
const isBoundary = (text: string, at: number) => !/^(?:[\p{L}\p{N}_/+&#@'’-]|\.\p{L})/u.test(text.slice(at))

const fold = (text: string) => plain(text.normalize("NFC")).toLowerCase()

/** The longest name that follows a sign, as in "#Book club". */
const findNamed = <A extends Named<unknown>>(text: string, sign: string, names: ReadonlyArray<A>) => {
  const longestFirst = names.toSorted((a, b) => b.name.length - a.name.length)
  for (const { index } of text.matchAll(new RegExp(`(?<![^\\s(,;])${sign}`, "g"))) {
    const start = index + sign.length
    const found = longestFirst.find(
      ({ name }) => fold(text.slice(start, start + name.length)) === fold(name) && isBoundary(text, start + name.length)
    )
    if (found !== undefined) return { found, start: index, end: start + found.name.length }
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
    const found = new RegExp(`(?<![^\\s(,;])!(?:${priority}|${own}|${digit})(?=[),;:.?!]*(?:\\s|$))`, "iu").exec(text)
    if (found !== null) return { priority, start: found.index, end: found.index + found[0].length }
  }
  return undefined
}

const quoted =
  /(?<![^\s(])(?:\[[^\]]*\]\([^\s)]*\)|"[^\s"](?:[^"]*[^\s"])?"|“[^”]+”|„[^“”]+[“”]|«[^»]+»|‘[^’]+’|'[^\s'](?:[^']*[^\s'])?'|`[^`]+`)(?![\p{L}\p{N}])/gu

/**
 * The text without its recognized parts, each of which is a U+FFFF at first. Marks that only introduce, separate or enclose
 * them are removed: "Call Bob: tomorrow", "Call Bob (tomorrow, !high)". A mark behind one moves to the word before it: "Lunch
 * tomorrow?"
 */
const titleOf = (text: string, spans: ReadonlyArray<Span>) =>
  [...spans, { start: text.length, end: text.length }]
    .map(({ start }, n) => text.slice(spans[n - 1]?.end ?? 0, start))
    .join("\uffff")
    .replaceAll(/\uffff[\s\-–—:,;.|/]+(?=\uffff)/g, "")
    .replaceAll(/(?:\(|\[|\{|<|\*+|~+) ?\uffff+ ?(?:\)|\]|\}|>|\*+|~+)/g, "\uffff")
    .replace(/^([\s\uffff]*\uffff)\s*[-–—:,;.]+(?=\s)/, "$1")
    .replace(/(?:[:,;]|\s[-–—:,;|/]+)\s*(?=\uffff[\s\uffff]*[.?!]?$)/, "")
    .replace(/(?<=\uffff)\s*[-–—:,;|/]+$/, "")
    .replaceAll(/([?!.,;:])[\s\uffff]*\uffff(?=\1)/g, "")
    .replaceAll(/[\s\uffff]*\uffff(?=[?!.,;:)])/g, "")
    .replaceAll(/[\s\uffff]+/g, " ")
    .trim()

/**
 * Parses a text into the fields of a task: "Pay rent every 1st at 9 #home !high". The rest of the text is the title. The
 * result depends only on the text and the context.
 */
export const parseTask = (text: string, context: Context): ParsedTask => {
  const { language, projects, tags } = context
  const spans: Array<ParsedTask["spans"][number]> = []
  // Text in quotation marks or backticks stays in the title unchanged.
  let rest = plain(text.replaceAll(quoted, (literal) => "x".repeat(literal.length)))
  const take = (field: (typeof spans)[number]["field"], span: Span) => {
    spans.push({ field, start: span.start, end: span.end })
    rest = blank(rest, span)
  }

  let project_id: ProjectId | undefined
  const tag_ids: Array<TagId> = []
  const projectNames = projects.map((project) => ({ ...project, field: "project_id" as const }))
  const tagNames = tags.map((tag) => ({ ...tag, field: "tag_ids" as const }))
  for (const sign of ["@", "#"]) {
    for (;;) {
      const names = sign === "#" && project_id === undefined ? [...projectNames, ...tagNames] : tagNames
      const named = findNamed(rest, sign, names)
      if (named === undefined) break
      const { found } = named
      if (found.field === "project_id") project_id = found.id
      else if (!tag_ids.includes(found.id)) tag_ids.push(found.id)
      take(found.field, named)
    }
  }
  const priority = findPriority(rest, language)
  if (priority !== undefined) take("priority", priority)
  const { dates, due, phrases, recurrence } = findDue(rest, context)
  for (const span of phrases) take("recurrence", span)
  // "Tomorrow #Home at 9" is one date around a name.
  const taken = [...spans]
  for (const span of dates.flatMap((date) => around(text, date, taken))) take("due", span)

  spans.sort((a, b) => a.start - b.start)
  const title = titleOf(text, spans)
  // A text like "Tomorrow!" alone is a title.
  if (isBlank(title.replaceAll(/\p{P}/gu, ""))) return { task: { title: text.trim() }, spans: [] }
  return {
    task: {
      title,
      ...(due !== undefined && { due }),
      ...(recurrence !== undefined && { recurrence }),
      ...(priority !== undefined && { priority: priority.priority }),
      ...(project_id !== undefined && { project_id }),
      ...(tag_ids.length > 0 && { tag_ids })
    },
    spans
  }
}
