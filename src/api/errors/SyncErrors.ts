import { ApiError } from "./ApiError.ts"

export class SyncResetRequired extends ApiError<SyncResetRequired>()("SyncResetRequired", {
  status: 410,
  title: "Sync reset required",
  detail:
    "The server no longer knows every change since this cursor. Discard the rows that you have stored and begin without a cursor."
}) {}
