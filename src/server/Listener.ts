import { Effect } from "effect"
import { Api } from "../api/Api.ts"
import { compile } from "./compiler/ApiCompiler.ts"
import { pages } from "./docs/Pages.ts"
import { Handlers } from "./handlers/Handlers.ts"
import { makePipeline } from "./pipeline/Pipeline.ts"

/** Answers every request to the service. A test provides other `Auth`, repositories and limits to this same effect. */
export const makeListener = Effect.gen(function* () {
  const endpoints = compile(Api, yield* Handlers)
  return yield* makePipeline([...endpoints, ...(yield* pages)])
}).pipe(Effect.provide(Handlers.layer))
