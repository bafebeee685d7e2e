import { type Schema, String } from "effect"
import { described } from "../../domain/Description.ts"

// What the errors of every resource have in common.

export const notFound = (name: string) =>
  ({
    status: 404,
    title: "Not found",
    detail: `You have no ${name} with this id. List yours with GET /api/${name}s.`
  }) as const

export const alreadyExists = <Row extends Schema.Top>(name: string, row: Row) =>
  ({
    status: 409,
    title: `${String.capitalize(name)} already exists`,
    detail: `You already have a ${name} with this id. Use the ${name} in \`current\`, or send another id.`,
    fields: { current: row.pipe(described(`The ${name} with this id.`)) }
  }) as const

export const versionConflict = <Row extends Schema.Top>(name: string, row: Row) =>
  ({
    status: 412,
    title: "Precondition failed",
    detail: `The ${name} has another version than the request names. Apply the change to the ${name} in \`current\`.`,
    fields: { current: row.pipe(described(`The ${name} as it is now.`)) }
  }) as const
