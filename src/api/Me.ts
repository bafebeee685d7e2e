import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { User } from "../domain/User.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { RequestValidation } from "./middleware/RequestValidation.ts"

export class MeApi extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/api/me", { success: User })
      .middleware(RequestValidation)
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
