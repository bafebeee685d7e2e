import { ApiError, withHeaders } from "./ApiError.ts"
import { retryAfter } from "./CommonErrors.ts"

export class SyncResetRequired extends ApiError<SyncResetRequired>()("SyncResetRequired", {
  status: 410,
  title: "Sync reset required",
  detail:
    "The server no longer knows every change since this cursor. Discard the rows that you have stored and begin without a cursor."
}) {}

export class TooManyStreams extends ApiError<TooManyStreams>()("TooManyStreams", {
  status: 429,
  title: "Too many streams",
  detail: "A user may have 10 event streams at a time. Close one of them, or share one between the tabs of a browser."
}) {
  get headers() {
    return { "retry-after": "15" }
  }
  static readonly response = withHeaders(TooManyStreams, retryAfter)
}
