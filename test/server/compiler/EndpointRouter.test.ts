import { assert, describe, it } from "@effect/vitest"
import { makeRouter } from "../../../src/server/compiler/EndpointRouter.ts"

const find = makeRouter([
  { method: "GET", path: "/tasks" },
  { method: "POST", path: "/tasks" },
  { method: "GET", path: "/tasks/:id" },
  { method: "POST", path: "/tasks/bulk" },
  { method: "DELETE", path: "/tasks/:id" }
])

describe("makeRouter", () => {
  it("finds the route of a path whatever the method, with its parameters", () => {
    assert.deepStrictEqual(find("/tasks")?.route.allow, ["GET", "HEAD", "POST"])
    assert.deepStrictEqual(find("/tasks/7")?.route.allow, ["GET", "HEAD", "DELETE"])
    assert.deepStrictEqual({ ...find("/tasks/7")?.params }, { id: "7" })
    assert.deepStrictEqual({ ...find("/tasks/a%20b")?.params }, { id: "a b" })
    assert.strictEqual(find("/tasks/bulk")?.route.path, "/tasks/bulk")
  })

  it.each(["/", "/task", "/tasks/", "//tasks", "/TASKS", "/tasks/7/8", "/tasks;limit=1", "/tasks#x", "/tasks/7;v=1"])(
    "finds nothing at %s",
    (path) => assert.isUndefined(find(path))
  )

  it("serves HEAD with the endpoint of GET", () => {
    const methods = find("/tasks")?.route.methods
    assert.strictEqual(methods?.get("HEAD"), methods?.get("GET"))
  })

  it("refuses two endpoints at the same method and path", () => {
    const entry = { method: "GET", path: "/tasks" }
    assert.throws(() => makeRouter([entry, { ...entry }]), /two endpoints are declared at GET \/tasks/)
  })
})
