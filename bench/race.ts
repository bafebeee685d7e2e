// This service against what people would pick instead: npm run bench. See docs/performance.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import * as Agree from "./agree.ts"
import * as Arena from "./arena.ts"
import { chart } from "./chart.ts"
import { contestants, fastify, isPresent, service } from "./contestants.ts"
import { placeInto } from "./document.ts"
import * as Identities from "./identities.ts"
import { describe, memoryOf } from "./machine.ts"
import { options } from "./options.ts"
import { report } from "./report.ts"
import { errors, type Results } from "./results.ts"
import * as Rounds from "./rounds.ts"
import * as Stands from "./stands.ts"
import { mix, remove, workloads } from "./workloads.ts"

const { contestants: chosen, measures, rounds, seconds, size, smoke, warmUp } = options

const among = (...names: ReadonlyArray<string>) => options.workloads.filter(({ name }) => names.includes(name))
// Where a framework spends its time, and what the targets speak of.
const central = among("get", "list", "create", "mix")

const operations = [...workloads.filter(({ name }) => ["get", "create", "change"].includes(name)), remove]

const nothing: Omit<Results, "machine"> = {
  rounds,
  seconds,
  tasks: size.tasks,
  titles: Object.fromEntries([...contestants, ...workloads, remove].map(({ name, title }) => [name, title])),
  races: [],
  memory: {},
  rates: [],
  users: [],
  growth: [],
  starts: []
}

/** Everything that is measured with tokens of a secret, on contestants that run from beginning to end. */
const withSecret = Effect.fnUntraced(function* (arena: Arena.Arena, users: ReadonlyArray<string>) {
  const identities = yield* Identities.make("HS256", users)
  const given = { ...identities.settings, DATABASE_URL: arena.url }
  const plan = { arena, identities, rounds, seconds, warmUp }
  const present = chosen.filter(isPresent)
  const stands = yield* Effect.forEach(present, (contestant) => Stands.start(contestant, given))
  yield* Agree.check(arena, identities, stands)
  const races = measures.has("race") ? yield* Rounds.race(plan, "HS256", stands, options.workloads) : []
  const memory = Object.fromEntries(stands.map(({ contestant, pid }) => [contestant.name, memoryOf(pid)]))
  const compared = stands.filter(({ contestant }) => contestant === service || contestant === fastify)
  const rates = measures.has("rate") ? yield* Rounds.rates(plan, compared, central) : []
  const ours = stands.find(({ contestant }) => contestant === service)
  if (ours === undefined) return { races, memory, rates }
  return {
    races,
    memory,
    rates,
    users: measures.has("users") ? yield* Rounds.users(plan, ours, operations) : [],
    growth: measures.has("memory") ? yield* Rounds.growth(plan, smoke ? 1 : 10, ours, mix, smoke ? 1 : 1_000_000) : [],
    starts: measures.has("start") ? yield* Rounds.starts(service, given, rounds) : []
  }
}, Effect.scoped)

/** The races once more, with tokens that an issuer signs. Nothing else depends on how tokens are signed. */
const withIssuer = Effect.fnUntraced(function* (arena: Arena.Arena, users: ReadonlyArray<string>) {
  const identities = yield* Identities.make("EdDSA", users)
  const given = { ...identities.settings, DATABASE_URL: arena.url }
  const present = chosen.filter((contestant) => contestant.name !== "twin" && isPresent(contestant))
  const stands = yield* Effect.forEach(present, (contestant) => Stands.start(contestant, given))
  yield* Agree.check(arena, identities, stands)
  return yield* Rounds.race({ arena, identities, rounds, seconds, warmUp }, "EdDSA", stands, smoke ? [] : central)
}, Effect.scoped)

const write = (results: Results) => {
  const folder = new URL("results/", import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL("latest.json", folder), `${JSON.stringify(results, null, 1)}\n`)
  writeFileSync(new URL("latest.svg", folder), chart(results))
  if (!options.document) return
  const page = new URL("../docs/performance.md", import.meta.url)
  writeFileSync(page, placeInto(readFileSync(page, "utf8"), report(results)))
}

const bench = Effect.gen(function* () {
  for (const contestant of chosen.filter((one) => !isPresent(one))) {
    process.stdout.write(`Without ${contestant.title}: apt-get install python3-fastapi and its like are not there.\n`)
  }
  const arena = yield* Arena.open(size)
  const found = yield* Effect.gen(function* () {
    const users = yield* Arena.users
    const machine = describe(yield* Arena.versionOf)
    const first = { ...nothing, machine, ...(yield* withSecret(arena, users)) }
    if (!measures.has("race")) return first
    return { ...first, races: [...first.races, ...(yield* withIssuer(arena, users))] }
  }).pipe(Effect.provide(arena.client))
  if (smoke) {
    // That these can be made of what was measured; how fast anything was, a second does not tell.
    process.stdout.write(`All parts run and agree: ${report(found).length + chart(found).length} characters to tell.\n`)
  } else {
    process.stdout.write(`${report(found)}\n`)
    write(found)
  }
  const wrong = errors(found)
  if (wrong > 0) yield* Effect.die(new Error(`${wrong} requests went wrong: these figures mean nothing`))
})

NodeRuntime.runMain(Effect.scoped(bench))
