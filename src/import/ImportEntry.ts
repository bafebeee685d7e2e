import type { ImportedCompletion, ImportedProject, ImportedTag, ImportedTask } from "../domain/AccountExport.ts"

export type ImportRecord =
  | { readonly type: "project"; readonly value: ImportedProject }
  | { readonly type: "tag"; readonly value: ImportedTag }
  | { readonly type: "task"; readonly value: ImportedTask }
  | { readonly type: "completion"; readonly value: ImportedCompletion }

/** What a file format reads from a line: a record to import, why there is none, or what was left out or changed. */
export type ImportEntry =
  | { readonly line: number; readonly record: ImportRecord }
  | { readonly line: number; readonly errors: ReadonlyArray<string> }
  | { readonly line: number; readonly warning: string }
