import { Schema } from "effect"
import { apiErrors } from "../errors/ApiErrors.ts"

type ApiErrorClass = (typeof apiErrors)[number]
type Fields = Readonly<Record<string, Schema.Top>>

/** The members that every error has. */
const common = ["type", "title", "status", "detail", "instance", "code", "request_id"]

const annotationsOf = (field: Schema.Top) => ({
  ...Schema.resolveAnnotations(field),
  ...Schema.resolveAnnotationsKey(field)
})

const entryOf = (error: ApiErrorClass) => {
  const fields: Fields = error.fields
  const examples = Object.entries(fields).flatMap(([name, field]) => {
    const example = annotationsOf(field).examples?.[0]
    return example === undefined ? [] : [[name, example] as const]
  })
  // The examples are encoded, and the constructor validates them.
  const instance = new error(Object.fromEntries(examples) as never)
  const body = Schema.encodeSync(error as Schema.Codec<unknown>)(instance) as ApiErrorClass["Encoded"]
  return {
    name: instance._tag,
    status: instance.status,
    anchor: instance.type.replace("urn:tasks:", ""),
    body,
    headers: Object.keys("headers" in instance ? instance.headers : {}),
    fields: Object.entries(fields)
      .map(([name, field]) => ({ name, description: annotationsOf(field).description }))
      .filter(({ description, name }) => description !== undefined && (name === "code" || !common.includes(name)))
  }
}

/** Every error, with an example of its body. */
export const errorEntries = () => apiErrors.map(entryOf)

const nameInHeaders: Readonly<Record<string, string>> = {
  etag: "ETag",
  "www-authenticate": "WWW-Authenticate",
  ratelimit: "RateLimit",
  "ratelimit-policy": "RateLimit-Policy"
}

export const headerName = (name: string) =>
  nameInHeaders[name] ?? name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase())

/** A section in Markdown for each error. */
export const errorSections = () =>
  errorEntries().map(({ anchor, body: { code, detail, title }, fields, headers, status }) =>
    [
      `## ${anchor}`,
      `${status} ${title}, \`${code}\`${headers.map((name) => `, header \`${headerName(name)}\``).join("")}. ${detail}`,
      ...(fields.length === 0
        ? []
        : [fields.map(({ description, name }) => `- \`${name}\`: ${description}`).join("\n")])
    ].join("\n\n")
  )
