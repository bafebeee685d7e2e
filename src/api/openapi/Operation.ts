import { OpenApi } from "effect/http-api"

export const operation = (identifier: string, summary: string, description: string) =>
  OpenApi.annotations({ identifier, summary, description })
