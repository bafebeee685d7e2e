/** The body of an error response (RFC 9457). */
export interface ErrorBody {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly request_id: string
  readonly errors?: ReadonlyArray<{ readonly pointer: string; readonly message: string }>
  readonly current?: { readonly name?: string }
}

/** The field at the end of a pointer, as a word: `/body/operations/0/task/due_at` is `Due at`. */
const fieldName = (pointer: string) =>
  pointer
    .replace(/(\/\d+)+$/, "")
    .replace(/.*\/|_ids?$/g, "")
    .replaceAll("_", " ")
    .replace(/^./, (letter) => letter.toUpperCase())

/** What an error response says to a user. The server's `detail` addresses developers. */
export const toMessage = (body: ErrorBody, retryAfter: number | undefined): string => {
  const { code, current, errors, status } = body
  const [first] = errors ?? []
  if (first !== undefined) {
    // Most messages are predicates of the field: "Must not be blank". Others, such as "You have no such tag", are sentences.
    const verb = /^(?:Must|Is) /
    return `${first.message.replace(verb, (word) => `${fieldName(first.pointer)} ${word.toLowerCase()}`)}.`
  }
  const [, resource, problem] = /^(TASK|PROJECT|TAG)_(.*)/.exec(code) ?? []
  const name = resource?.toLowerCase()
  if (problem === "VERSION_CONFLICT") return `This ${name} was changed elsewhere.`
  if (problem === "NOT_FOUND") return `This ${name} no longer exists.`
  if (problem) return `A ${name}${current?.name ? ` named “${current.name}”` : ""} already exists.`
  if (status === 401) return "Your session has ended. Sign in again."
  if (status === 429 || status === 503) {
    const reason = status === 429 ? "Too many requests" : "The service is not available"
    return `${reason}. Try again ${retryAfter === undefined ? "in a moment" : `in ${retryAfter} s`}.`
  }
  return status >= 500 ? `Something went wrong. Reference: ${body.request_id}` : body.detail
}
