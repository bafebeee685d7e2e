const cellsOf = (line: string, delimiter: string) =>
  line.split(delimiter).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim()
      .toUpperCase()
  )

export const isHeader = (cells: ReadonlyArray<string>) => cells.includes("TYPE") && cells.includes("CONTENT")

/** The character between the cells, if this line is the header of a CSV file exported by Todoist. */
export const delimiterOf = (line: string) => [",", ";", "\t"].find((delimiter) => isHeader(cellsOf(line, delimiter)))

// The author of a task, how its project is displayed and whether it is collapsed have no counterpart here.
const knownColumns = new Set([
  ...["TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG"],
  ...["TIMEZONE", "DURATION", "DURATION_UNIT", "META", "IS_COLLAPSED", "DEADLINE", "DEADLINE_LANG", ""]
])

export const unknownColumns = (columns: ReadonlyArray<string>) => columns.filter((column) => !knownColumns.has(column))
