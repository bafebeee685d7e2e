import type { TokenErrorCode } from "../../../src/api/errors/CommonErrors.ts"

/** What is put in a request instead of, or beside, an `Authorization` header with one token. */
export interface Carrier {
  readonly headers?: Record<string, string>
  readonly query?: string
  readonly form?: string
}

/** An attack that must fail. `name` continues the name of its test: "rejects a token …", or with a carrier "rejects a request …". */
export interface Attack {
  readonly name: string
  readonly token?: string
  readonly carrier?: Carrier
  /** The error code, where it is not TOKEN_INVALID. */
  readonly code?: TokenErrorCode
  /** No header field can hold this token as it is (RFC 9110, section 5.5), so only the service is asked. */
  readonly isUnsendable?: true
}

export const token = (name: string, token: string, more: Omit<Attack, "name" | "token"> = {}): Attack => ({
  name,
  token,
  ...more
})
