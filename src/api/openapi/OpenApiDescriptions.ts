// What people read in the OpenAPI document where the contract itself has no words for it.

/** Of parameters in queries and headers, by their name. */
export const parameters: Readonly<Record<string, string>> = {
  project_id: "Tasks of this project, or `none` for tasks without one.",
  tag_id: "Tasks with this tag. Given several times, all must match.",
  limit: "How many rows at most; 50 where absent.",
  cursor:
    'Where the last page ended: from a `Link` header with `rel="next"`. It belongs to the very list it came from.',
  offset: "How many rows to pass over, in place of a cursor. Rows that come and go meanwhile are skipped or repeated.",
  count: "`exact` asks for `X-Total-Count`.",
  status: "Tasks in this status. Given several times, in any of them.",
  priority: "Tasks of this priority.",
  due_before: "Tasks that are due before this instant.",
  due_after: "Tasks that are due after this instant.",
  updated_since: "Tasks that were written at this instant or later.",
  q: "Words that are in the title or the description, the last one as a beginning.",
  sort: "The field to sort by, with `-` in front for the other way round; `-created_at` where absent.",
  "if-match":
    'The entity tag that the change is meant for, like `"3"`. Another version is 412; without it the last writer wins.',
  "if-none-match": 'The entity tag that is held, like `"3"`. The same version is 304, without a body.',
  "idempotency-key": "A name for this request: sent again within a day, it is answered as before, and not done again."
}

interface Header {
  readonly name: string
  readonly description: string
  readonly schema: object
}

const text = { type: "string" }
const count = { type: "integer", minimum: 0 }

/** Of the headers of answers, by their name in small letters. */
export const headers: Readonly<Record<string, Header>> = {
  etag: {
    name: "ETag",
    description: "The version in quotes: send it as `If-Match` with a change.",
    schema: { ...text, examples: ['"1"'] }
  },
  location: {
    name: "Location",
    description: "Where the new row is.",
    schema: { ...text, format: "uri-reference", examples: ["/api/tasks/019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"] }
  },
  link: {
    name: "Link",
    description: 'Where the next page is (RFC 8288), as `<…>; rel="next"`. Absent on the last one.',
    schema: { ...text, examples: ['</api/tasks?limit=2&cursor=eyJsaXN0Ijo1ODYyNTYzfQ>; rel="next"'] }
  },
  "x-total-count": {
    name: "X-Total-Count",
    description: "How many rows match, on all pages: where `count=exact` asked for it.",
    schema: { ...count, examples: [4] }
  },
  "www-authenticate": {
    name: "WWW-Authenticate",
    description: "`Bearer`, with what is wrong with the token (RFC 6750).",
    schema: { ...text, examples: ['Bearer error="invalid_token", error_description="The token has expired."'] }
  },
  "retry-after": {
    name: "Retry-After",
    description: "Seconds after which asking again makes sense.",
    schema: { ...count, examples: [1] }
  },
  ratelimit: {
    name: "RateLimit",
    description: "By limit, how many requests are left (`r`), and in how many seconds all of them will be (`t`).",
    schema: { ...text, examples: ['"address";r=998;t=1, "user";r=97;t=2'] }
  },
  "ratelimit-policy": {
    name: "RateLimit-Policy",
    description: "By limit, how many requests there may be (`q`) in how many seconds (`w`).",
    schema: { ...text, examples: ['"address";q=1000;w=60, "user";q=100;w=60'] }
  },
  "x-request-id": {
    name: "X-Request-Id",
    description: "Names this request in every log line about it: the caller's own, or one that was made for it.",
    schema: { ...text, examples: ["01a1fad1-bc0a-7060-9317-b487f8600276"] }
  },
  "idempotency-replayed": {
    name: "Idempotency-Replayed",
    description: "`true` where this is the answer that was given to the same request before.",
    schema: { ...text, enum: ["true"] }
  },
  "content-disposition": {
    name: "Content-Disposition",
    description: "Has a browser save the answer as a file.",
    schema: text
  }
}

/** Of answers that are no problems, by their status. */
export const statuses: Readonly<Record<string, string>> = {
  200: "What was asked for",
  201: "It is created",
  204: "It is done",
  304: "The version that is held is the current one"
}
