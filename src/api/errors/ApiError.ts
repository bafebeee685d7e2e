import { Effect, Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { described } from "../../domain/Description.ts"
import { withResponseHeaders } from "../schemas/ResponseSchemas.ts"

type Separated<Name extends string, Separator extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First}${Rest extends Uncapitalize<Rest> ? "" : Separator}${Separated<Rest, Separator>}`
  : ""

type TypeOf<Name extends string> = `urn:tasks:${Lowercase<Separated<Name, "-">>}`
type CodeOf<Name extends string> = Uppercase<Separated<Name, "_">>

const separated = (name: string, separator: string) => name.replaceAll(/(?!^)[A-Z]/g, `${separator}$&`)

const commonFields = <Name extends string>(name: Name, detail: string) => ({
  detail: Schema.String.pipe(
    described("What is wrong and what to do, for people.", { examples: [detail] }),
    Schema.withConstructorDefault(Effect.succeed(detail))
  ),
  code: Schema.tag(separated(name, "_").toUpperCase() as CodeOf<Name>),
  // The server fills it in while it writes the response.
  request_id: Schema.String.pipe(
    described("Identifies the request in the server's logs, like the X-Request-Id header.", {
      examples: ["01a1fad1-bc3e-7089-8f59-e07e6cad93a6"]
    }),
    Schema.withConstructorDefault(Effect.succeed(""))
  )
})

interface ErrorOptions<Status, Fields> {
  readonly status: Status
  readonly title: string
  readonly detail: string
  readonly fields?: Fields
}

/**
 * Declares an error response (RFC 9457). The class name gives the URN and the code: `TaskNotFound` becomes
 * `urn:tasks:task-not-found` and `TASK_NOT_FOUND`. `fields` are further members of the body; one named `code`
 * replaces the default. `ApiErrors.ts` collects the errors that the files in this folder export.
 */
export const ApiError =
  <Self>() =>
  <
    const Name extends string,
    const Status extends number,
    const Fields extends Schema.Struct.Fields = Record<never, never>
  >(
    name: Name,
    { detail, fields = {} as Fields, status, title }: ErrorOptions<Status, Fields>
  ) =>
    HttpApiError.Problem<Self>()(
      name,
      { type: `urn:tasks:${separated(name, "-").toLowerCase()}` as TypeOf<Name>, status, title },
      { ...commonFields(name, detail), ...fields } as Omit<ReturnType<typeof commonFields<Name>>, keyof Fields> & Fields
    )

/** An error with the headers of its response. The values are those of the error's own `headers`. */
export const withHeaders = <
  E extends Schema.Top & { readonly Type: { readonly headers: { readonly [name: string]: string } } },
  const Headers extends Schema.Struct.Fields
>(
  error: E,
  headers: Headers
) => withResponseHeaders(error, error, headers, (value: E["Type"]) => value.headers)
