/** The errors that tasks, projects and tags have in common, by the name of the resource. */

export const notFound = (name: string) =>
  ({
    status: 404,
    title: "Not found",
    detail: `You have no ${name} with this id. List yours with GET /api/${name}s.`
  }) as const

export const alreadyExists = (name: string) =>
  ({
    status: 409,
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} already exists`,
    detail: `You already have a ${name} with this id. Use the ${name} in \`current\`, or send another id.`
  }) as const

export const versionConflict = (name: string) =>
  ({
    status: 412,
    title: "Precondition failed",
    detail: `The ${name} has another version than the request names. Apply the change to the ${name} in \`current\`.`
  }) as const
