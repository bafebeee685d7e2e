import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"

export const MeHandlers = HttpApiBuilder.group(Api, "me", (handlers) => handlers.handle("get", () => CurrentUser))
