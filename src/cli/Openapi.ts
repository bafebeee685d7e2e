import { Console } from "effect"
import { Command } from "effect/cli"
import { OpenApi } from "effect/http-api"
import { DocumentedApi } from "../api/openapi/OpenApiDocument.ts"

export const openapi = Command.make("openapi", {}, () =>
  Console.log(JSON.stringify(OpenApi.fromApi(DocumentedApi), undefined, 2))
).pipe(Command.withDescription("Print the OpenAPI document"))
