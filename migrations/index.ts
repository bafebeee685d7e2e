import create_task from "./0001_create_task.ts"

/** Every migration, in order. An import each, so that a bundle has them all and a missing file does not compile. */
export const migrations = {
  "0001_create_task": create_task
}
