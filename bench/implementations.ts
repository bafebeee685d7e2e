import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Implementation {
  readonly name: string
  readonly title: string
  readonly command: ReadonlyArray<string>
}

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export const root = pathOf("..")

// Those of the container image.
const bundleFlags = ["--min-semi-space-size=16", "--max-semi-space-size=16", "--no-allocation-site-pretenuring"]

/** The bundle of a checkout. */
const bundle = (name: string, title: string, directory: string): Implementation => ({
  name,
  title,
  command: [process.execPath, ...bundleFlags, `${directory}/dist/main.js`, "serve"]
})

export const service = bundle("service", "This service", root)
/** The same bundle in a second process: the difference between the two is the error of the method. */
const control = bundle("control", "Control (this service again)", root)
export const serviceWithRls = bundle("service-rls", "This service with row-level security", root)
export const previous = (directory: string) => bundle("previous", "Previous version", directory)

const peer = (name: string, title: string, file: string, ...flags: ReadonlyArray<string>): Implementation => ({
  name,
  title,
  command: [process.execPath, ...flags, pathOf(`implementations/${file}`)]
})

// A young generation of 32 MB holds the garbage of more requests, so that V8 copies fewer of their objects.
const youngGeneration = "--max-semi-space-size=32"

export const fastify = peer("fastify", "Fastify + pg", "fastifyBaseline.ts")
const fastifyOptimized = peer("fastify-optimized", "Fastify + pg, optimized", "fastifyOptimized.ts", youngGeneration)
export const nodeHttp = peer("node-http", "node:http + pg, optimized", "nodeHttp.ts", youngGeneration)

// Debian's packages are visible only to Debian's Python, and another one may come first on the PATH.
const python = "/usr/bin/python3"
const uvicorn = ["-m", "uvicorn", "--host", "127.0.0.1", "--workers", "1", "--app-dir", pathOf("implementations")]

const fastapi: Implementation = {
  name: "fastapi",
  title: "FastAPI + SQLAlchemy",
  command: [python, ...uvicorn, "fastapi_tasks:app"]
}

/** FastAPI takes part only where its packages are installed. */
export const isInstalled = (implementation: Implementation) =>
  implementation !== fastapi ||
  spawnSync(python, ["-c", "import fastapi, uvicorn, sqlalchemy, asyncpg, jwt"]).status === 0

export const implementations = [service, control, fastify, fastifyOptimized, nodeHttp, fastapi]
