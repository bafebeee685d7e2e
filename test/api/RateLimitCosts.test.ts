import { assert, describe, it } from "@effect/vitest"
import { Context } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import { RateLimitCost } from "../../src/api/middleware/RateLimit.ts"

describe("Rate limits", () => {
  it("cost what the OpenAPI document shows", () => {
    const costs: Record<string, unknown> = {}
    HttpApi.reflect(Api, {
      onGroup: () => {},
      onEndpoint: ({ endpoint: { annotations, method, path } }) => {
        const { base, parameters } = Context.get(annotations, RateLimitCost)
        if (base !== 1 || Object.keys(parameters).length > 0) {
          costs[`${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`] = { base, parameters }
        }
      }
    })
    const { paths } = OpenApi.fromApi(Api)
    const documented = Object.fromEntries(
      Object.entries(paths).flatMap(([path, item]) =>
        Object.entries(item).flatMap(([method, operation]) => {
          if (!("x-rate-limit-cost" in operation)) return []
          const { "x-rate-limit-cost": base, "x-rate-limit-parameter-costs": parameters = {} } = operation as Record<
            string,
            unknown
          >
          return [[`${method} ${path}`, { base, parameters }]]
        })
      )
    )
    assert.deepStrictEqual(documented, {
      "post /api/tasks/bulk": { base: 10, parameters: {} },
      "get /api/export": { base: 20, parameters: {} },
      "delete /api/account": { base: 5, parameters: {} },
      "get /api/tasks": { base: 1, parameters: { count: 2, q: 2 } },
      "get /api/tasks/{task_id}/completions": { base: 1, parameters: { count: 2 } },
      "get /api/projects": { base: 1, parameters: { count: 2 } },
      "get /api/tags": { base: 1, parameters: { count: 2 } },
      "get /api/trash": { base: 1, parameters: { count: 2 } }
    })
    assert.deepStrictEqual(costs, documented)
  })

  it("apply to every protected endpoint, and to no other", () => {
    for (const [path, item] of Object.entries(OpenApi.fromApi(Api).paths)) {
      for (const [method, operation] of Object.entries(item)) {
        assert.strictEqual(JSON.stringify(operation).includes('"429"'), path.startsWith("/api/"), `${method} ${path}`)
      }
    }
  })
})
