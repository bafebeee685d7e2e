import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export interface Contestant {
  readonly name: string
  readonly title: string
  readonly command: ReadonlyArray<string>
}

/** As it is deployed: what npm run build has made, started as in the image. */
export const service: Contestant = {
  name: "service",
  title: "This service",
  command: [process.execPath, "--heap-growing-percent=50", pathOf("../dist/main.js"), "serve"]
}

// The least collected of all who are tuned: the young generation is large enough for what a request leaves behind.
const roomy = "--max-semi-space-size=32"

export const bare: Contestant = {
  name: "bare",
  title: "node:http + pg, every trick",
  command: [process.execPath, roomy, pathOf("contestants/bare.ts")]
}

export const fastify: Contestant = {
  name: "fastify",
  title: "Fastify + pg",
  command: [process.execPath, pathOf("contestants/plain.ts")]
}

/** Debian's own Python: a newer one in front of it on the PATH does not see Debian's packages. */
const python = "/usr/bin/python3"

export const fastapi: Contestant = {
  name: "fastapi",
  title: "FastAPI + SQLAlchemy",
  command: [
    ...[python, "-m", "uvicorn", "--app-dir", pathOf("contestants"), "fastapi_tasks:app", "--host", "127.0.0.1"],
    ...["--workers", "1"]
  ]
}

const modules = "fastapi, uvicorn, sqlalchemy, asyncpg, jwt"

/** Whether it can run here: the others bring along what they need. */
export const isPresent = (contestant: Contestant) =>
  contestant !== fastapi || spawnSync(python, ["-c", `import ${modules}`]).status === 0

/** What is raced. The twin is the service once more: as far as the two differ, nothing is known. */
export const contestants: ReadonlyArray<Contestant> = [
  service,
  { ...service, name: "twin", title: `${service.title}, once more` },
  fastify,
  {
    name: "tuned",
    title: "Fastify + pg, every trick",
    command: [process.execPath, roomy, pathOf("contestants/tuned.ts")]
  },
  bare,
  fastapi
]
