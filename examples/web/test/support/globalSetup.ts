import type { TestProject } from "vitest/node"
import { startStack } from "./stack.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly page: string
    readonly tasks: string
  }
}

/** The whole example once, for all tests but those that stop a part of it. */
export default async ({ provide }: TestProject) => {
  const stack = await startStack()
  provide("page", stack.page)
  provide("tasks", stack.tasks)
  return stack.close
}
