import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { User } from "../domain/User.ts"
import { operation } from "./openapi/Operation.ts"

export class MeApi extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/api/me", { success: User }).annotateMerge(
      operation("getMe", "Get the current user", "All fields come from the token: the service stores no user data.")
    )
  )
  .annotate(OpenApi.Description, "The current user.") {}
