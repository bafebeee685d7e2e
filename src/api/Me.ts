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
          summary: "Get the current user",
          description: "All fields come from the token: the service stores no user data."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "The current user.") {}
