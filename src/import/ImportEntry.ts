import type { ImportedOf, RecordType } from "../domain/AccountExport.ts"

export type ImportRecord = {
  readonly [Type in RecordType]: { readonly type: Type; readonly value: ImportedOf<Type> }
}[RecordType]

/** What a file format reads from a line: a record to import, why there is none, or what was left out or changed. */
export type ImportEntry =
  | { readonly line: number; readonly record: ImportRecord }
  | { readonly line: number; readonly errors: ReadonlyArray<string> }
  | { readonly line: number; readonly warning: string }
