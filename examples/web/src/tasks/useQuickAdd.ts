import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { isBlank, type ParsedTask, type TaskCreate, type TaskText } from "effect-tasks/client"
import { useEffect, useState } from "react"
import { client } from "../data/client.ts"
import { timeZone } from "../view/dates.ts"

type Field = ParsedTask["spans"][number]["field"]
export type Span = ParsedTask["spans"][number]

const languages = ["en", "de", "fr", "es", "pt", "nl"] as const
const language: NonNullable<TaskText["language"]> =
  languages.find((known) => navigator.language.startsWith(known)) ?? "en"

// A request for each key would soon meet the rate limit.
const pause = 250

const usePaused = (text: string) => {
  const [paused, setPaused] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  return paused
}

/** What the service understands of a text, without the parts that the user does not want. */
export const useQuickAdd = (text: string) => {
  const [unwanted, setUnwanted] = useState<ReadonlyArray<Field>>([])
  const trimmed = text.trim()
  const paused = usePaused(trimmed)
  const { data } = useQuery({
    queryKey: ["parse", paused],
    queryFn: ({ signal }) => client.tasks.parse({ text: paused, language, time_zone: timeZone }, { signal }),
    enabled: !isBlank(paused),
    placeholderData: keepPreviousData,
    // Without the service the text is the title.
    retry: false,
    staleTime: 60_000
  })
  const isCurrent = data !== undefined && paused === trimmed && !isBlank(trimmed)
  const spans = isCurrent ? data.spans.filter(({ field }) => !unwanted.includes(field)) : []
  const has = (name: Field) => spans.some(({ field }) => field === name)

  /** The fields of the new task: what no chip stands for stays in the title. */
  const fields = (): Partial<TaskCreate> & { readonly title: string } => {
    if (data === undefined || spans.length === 0) return { title: trimmed }
    const { due, priority, project_id, recurrence, tag_ids, title } = data.task
    const rest = spans.reduceRight((left, { end, start }) => `${left.slice(0, start)} ${left.slice(end)}`, trimmed)
    return {
      title: unwanted.length === 0 ? title : isBlank(rest) ? trimmed : rest.trim().replaceAll(/\s+/g, " "),
      ...(due && (has("due") || has("recurrence")) && { due: has("due") || !due.time ? due : { date: due.date } }),
      ...(recurrence && has("recurrence") && { recurrence }),
      ...(priority && has("priority") && { priority }),
      ...(project_id && has("project_id") && { project_id }),
      ...(tag_ids && has("tag_ids") && { tag_ids })
    }
  }

  return {
    text: trimmed,
    spans,
    fields,
    remove: (field: Field) => setUnwanted((last) => [...last, field]),
    reset: () => setUnwanted([])
  }
}
