import { ApiError } from "./ApiError.ts"

export class ErasureNotConfirmed extends ApiError<ErasureNotConfirmed>()("ErasureNotConfirmed", {
  status: 412,
  title: "Precondition failed",
  detail: "`confirm` is not your user id. Nothing was deleted."
}) {}
