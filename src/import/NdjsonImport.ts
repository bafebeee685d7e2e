import { Option, Record, Result, Schema, Stream } from "effect"
import { Imported, maxVersion, type RecordType } from "../domain/AccountExport.ts"
import { schemaErrors } from "../domain/SchemaErrors.ts"
import type { ImportEntry, ImportRecord } from "./Importer.ts"
import type { Line } from "./Lines.ts"
import { isValidPosition, positionAt } from "./Positions.ts"

const parseObject = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const isRecordType = (type: unknown): type is RecordType => typeof type === "string" && Object.hasOwn(Imported, type)

const strict = { errors: "all", onExcessProperty: "error" } as const
const decoders = Record.map(Imported, (schema: Schema.Decoder<unknown>) => Schema.decodeUnknownResult(schema, strict))

const formatErrors = (type: RecordType, { issue }: Schema.SchemaError) => {
  const errors = Array.from(
    schemaErrors([{ pointer: "", issue }]),
    ({ message, pointer }) => `${pointer.slice(1).replaceAll("/", ".") || type}: ${message}`
  )
  // Two checks of one field can have the same message.
  return Array.from(new Set(errors))
}

/** Replaces values that the service could not work with later. */
const repair = (record: ImportRecord, endPosition: string) => {
  const warnings: Array<string> = []
  const changes: { version?: number; position?: string } = {}
  if (record.value.version > maxVersion) {
    changes.version = maxVersion
    warnings.push(`version: ${record.value.version} is too high to be incremented; imported as ${maxVersion}`)
  }
  if (record.type === "task" && !isValidPosition(record.value.position)) {
    changes.position = endPosition
    warnings.push("position: is not a valid order key; the task was placed at the end of the list")
  }
  return { warnings, record: { ...record, value: { ...record.value, ...changes } } as ImportRecord }
}

const readRecord = (line: number, type: RecordType, fields: unknown, endPosition: string) => {
  const decoded = decoders[type](fields)
  if (Result.isFailure(decoded)) return [{ line, errors: formatErrors(type, decoded.failure) }]
  const { record, warnings } = repair({ type, value: decoded.success } as ImportRecord, endPosition)
  return [{ line, record }, ...warnings.map((warning) => ({ line, warning }))]
}

const toLower = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(toLower) : typeof value === "string" ? value.toLowerCase() : value

/** PostgreSQL writes ids in lower case, and the ids of a file are compared with them. */
const withLowerIds = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, /^(?:.+_)?ids?$/.test(name) ? toLower(value) : value])
  )

const readLine = ({ error, number: line, text }: Line, startTime: number, pass: (type: unknown) => boolean) => {
  const isFirstPass = pass(undefined)
  if (error !== undefined) return isFirstPass ? [{ line, errors: [error] }] : []
  if (text.trim() === "") return []
  const object = parseObject(text)
  if (Option.isNone(object)) return isFirstPass ? [{ line, errors: ["Must be a JSON object"] }] : []
  const { type, ...fields } = object.value
  if (!pass(type)) return []
  if (!isRecordType(type)) return [{ line, errors: ["type: Must be project, tag, task or completion"] }]
  return readRecord(line, type, withLowerIds(fields), positionAt((startTime + line) * 1000))
}

/**
 * The lines of an export of this service. The file is read three times, for projects and tags, for tasks, and for
 * completions: a task may stand before its project, and nothing has to be kept in memory. The file's first line is of `startTime`.
 */
export const readNdjson = <E, R>(
  lines: Stream.Stream<Line, E, R>,
  startTime: number
): Stream.Stream<ImportEntry, E, R> => {
  // `flatMap` would make a stream for each line; this one has no state.
  const read = (pass: (type: unknown) => boolean) =>
    Stream.mapAccum(
      lines,
      () => undefined,
      (state, line): readonly [undefined, ReadonlyArray<ImportEntry>] => [state, readLine(line, startTime, pass)]
    )
  return read((type) => type !== "task" && type !== "completion").pipe(
    Stream.concat(read((type) => type === "task")),
    Stream.concat(read((type) => type === "completion"))
  )
}
