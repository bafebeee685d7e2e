import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Implementation {
  readonly name: string
  readonly title: string
  readonly command: ReadonlyArray<string>
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

// The flags of the container image.
const bundle = (directory: string) => [process.execPath, "--heap-growing-percent=50", join(directory, "dist/main.js")]

export const root = pathOf("..")

export const service: Implementation = {
  name: "service",
  title: "This service",
  command: [...bundle(root), "serve"]
}

/** The same bundle in a second process: the difference between the two is the error of the method. */
const control: Implementation = { ...service, name: "control", title: "Control (this service again)" }

export const serviceWithRls: Implementation = {
  ...service,
  name: "service-rls",
  title: "This service with row-level security"
}

/** The bundle of another checkout. */
export const previous = (directory: string): Implementation => ({
  name: "previous",
  title: "Previous version",
  command: [...bundle(directory), "serve"]
})

export const fastify: Implementation = {
  name: "fastify",
  title: "Fastify + pg",
  command: [process.execPath, pathOf("implementations/fastifyBaseline.ts")]
}

// A young generation of 32 MB holds the garbage of more requests, so that fewer of their objects are copied.
const largeYoungGeneration = "--max-semi-space-size=32"

const fastifyOptimized: Implementation = {
  name: "fastify-optimized",
  title: "Fastify + pg, optimized",
  command: [process.execPath, largeYoungGeneration, pathOf("implementations/fastifyOptimized.ts")]
}

export const nodeHttp: Implementation = {
  name: "node-http",
  title: "node:http + pg, optimized",
  command: [process.execPath, largeYoungGeneration, pathOf("implementations/nodeHttp.ts")]
}

// Debian's packages are visible only to Debian's Python, and another one may come first on the PATH.
const python = "/usr/bin/python3"

const fastapi: Implementation = {
  name: "fastapi",
  title: "FastAPI + SQLAlchemy",
  command: [
    ...[python, "-m", "uvicorn", "--app-dir", pathOf("implementations"), "fastapi_tasks:app"],
    ...["--host", "127.0.0.1", "--workers", "1"]
  ]
}

/** FastAPI takes part only where its packages are installed. */
export const isInstalled = (implementation: Implementation) =>
  implementation !== fastapi ||
  spawnSync(python, ["-c", "import fastapi, uvicorn, sqlalchemy, asyncpg, jwt"]).status === 0

export const implementations = [service, control, fastify, fastifyOptimized, nodeHttp, fastapi]
