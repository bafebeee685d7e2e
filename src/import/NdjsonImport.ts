import { Option, Result, Schema, Stream } from "effect"
import { Imported, type RecordType } from "../domain/AccountExport.ts"
import { toSchemaErrors } from "../domain/SchemaErrors.ts"
import type { Entry, ImportRecord } from "./Importer.ts"
import type { Line } from "./Lines.ts"

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const isKind = (type: unknown): type is RecordType => typeof type === "string" && Object.hasOwn(Imported, type)

const strict = { errors: "all", onExcessProperty: "error" } as const
const decoders: { readonly [kind in RecordType]: (value: unknown) => Result.Result<unknown, Schema.SchemaError> } = {
  project: Schema.decodeUnknownResult(Imported.project, strict),
  tag: Schema.decodeUnknownResult(Imported.tag, strict),
  task: Schema.decodeUnknownResult(Imported.task, strict)
}

const decode = (line: number, type: RecordType, fields: unknown): Entry => {
  const decoded = decoders[type](fields)
  if (Result.isSuccess(decoded)) return { line, row: { type, value: decoded.success } as ImportRecord }
  return {
    line,
    lost: toSchemaErrors([{ pointer: "", issue: decoded.failure.issue }], 100).errors.map(
      ({ message, pointer }) => `${pointer.slice(1).replaceAll("/", ".") || type}: ${message}`
    )
  }
}

const read =
  (isWanted: (type: unknown) => boolean) =>
  ({ lost, number, text }: Line): ReadonlyArray<Entry> => {
    const all = isWanted(undefined)
    if (lost !== undefined) return all ? [{ line: number, lost: [lost] }] : []
    // Some programs put a byte order mark before the first line.
    const json = (number === 1 ? text.replace(/^\uFEFF/, "") : text).trim()
    if (json === "") return []
    const object = parse(json)
    if (Option.isNone(object)) return all ? [{ line: number, lost: ["Must be a JSON object"] }] : []
    const { type, ...fields } = object.value
    if (!isWanted(type)) return []
    return [
      isKind(type) ? decode(number, type, fields) : { line: number, lost: ["type: Must be project, tag or task"] }
    ]
  }

/**
 * The lines of our own export. The file is read twice: all but the tasks, then the tasks, so that what
 * they name may stand anywhere in it and nothing has to be remembered.
 */
export const readNdjson = <E, R>(lines: Stream.Stream<Line, E, R>): Stream.Stream<Entry, E, R> => {
  const pass = (readLine: (line: Line) => ReadonlyArray<Entry>) =>
    Stream.mapAccum(
      lines,
      () => undefined,
      (state, line) => [state, readLine(line)]
    )
  return Stream.concat(pass(read((type) => type !== "task")), pass(read((type) => type === "task")))
}
