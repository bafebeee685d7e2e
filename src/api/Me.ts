import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { User } from "../domain/User.ts"
import { Authorization } from "./Authorization.ts"
import { Validation } from "./Input.ts"
import { RateLimit } from "./RateLimit.ts"

export class MeApi extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/api/me", { success: User })
      .middleware(Validation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getMe",
          summary: "See what your token says of you",
          description: "All of it is from the token; the service keeps nothing about a user."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Who you are to the service.") {}
