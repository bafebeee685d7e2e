import { OpenApi } from "effect/http-api"

/** The name, title and description of an endpoint in the OpenAPI document. */
export const operation = (identifier: string, summary: string, description: string) =>
  OpenApi.annotations({ identifier, summary, description })
