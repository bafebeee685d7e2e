const size = 64 * 1024

/** As many entries as fit into the largest body that the server reads. */
const fill = (before: string, entry: (n: number) => string, after: string) => {
  const entries: Array<string> = []
  let length = before.length + after.length
  for (let n = 0; ; n++) {
    const next = entry(n)
    length += next.length + 1
    if (length > size) return before + entries.join(",") + after
    entries.push(next)
  }
}

const create = (task: string) => `{"op":"create","task":${task}}`

/** Bodies of 64 KiB with thousands of errors, or one that is slow to find, by name. */
export const hostileBodies = {
  numbers: ["/api/tasks/bulk", fill('{"operations":[', () => "0", "]}")],
  objects: ["/api/tasks/bulk", fill('{"operations":[', () => "{}", "]}")],
  creations: ["/api/tasks/bulk", fill('{"operations":[', () => create("{}"), "]}")],
  nestedTags: ["/api/tasks/bulk", fill('{"operations":[', () => create(`{"tag_ids":[${Array(50).fill(0)}]}`), "]}")],
  tags: ["/api/tasks", fill('{"title":"a","tag_ids":[', () => '""', "]}")],
  unknownFields: ["/api/tasks", fill('{"title":"a",', (n) => `"${n.toString(36)}":0`, "}")],
  marks: ["/api/tasks", `{"title":"${"\u0316\u0301".repeat(16_000)}"}`],
  escapedKeys: ["/api/tasks", fill("{", (n) => `"\\u0000\\u2028${n}":0`, "}")]
} as const
