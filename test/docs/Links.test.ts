import { existsSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { anchorsOf, linksOf, pageOf, pages } from "../support/Markdown.ts"
import { root } from "../support/Process.ts"

/** A path relative to the project, with slashes. */
const normalize = (path: string) => relative(root, join(root, path)).replaceAll("\\", "/")

const isExternal = (link: string) => /^[a-z]+:/.test(link)

/** Files of the guide "How to add a resource", and files that a benchmark writes. */
const isExample = (path: string) => /NNNN|Note|^bench\/results\//.test(path)

// The paths in the example's own page are relative to the example.
const ofProject = pages.filter(({ file }) => !file.startsWith("examples/"))

describe("Links in the documentation", () => {
  it("lead only to files and headings that exist", () => {
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => !isExternal(link))
        .filter((link) => {
          const [path = "", anchor] = link.split("#")
          const target = path === "" ? page.file : normalize(join(dirname(page.file), path))
          if (!existsSync(join(root, target))) return true
          return anchor !== undefined && !anchorsOf(pageOf(target)).has(anchor)
        })
        .map((link) => `${page.file}: ${link}`)
    )
    assert.deepStrictEqual(broken, [])
  })

  it("lead from README.md to every page of docs", () => {
    const reached = new Set<string>()
    const follow = (file: string) => {
      if (reached.has(file) || !pages.some((page) => page.file === file)) return
      reached.add(file)
      for (const link of linksOf(pageOf(file))) {
        if (!isExternal(link)) follow(normalize(join(dirname(file), link.split("#", 1)[0] ?? "")))
      }
    }
    follow("README.md")
    const unreached = pages.map(({ file }) => file).filter((file) => !reached.has(file) && !/decisions/.test(file))
    assert.deepStrictEqual(unreached, [])
  })

  it("and paths in the text name only files and folders that exist", () => {
    const missing = ofProject.flatMap(({ file, text }) =>
      Array.from(
        text.matchAll(/`((?:src|test|docs|deploy|migrations|chaos|bench)\/[\w./-]+)`/g),
        ([, path = ""]) => path
      )
        .filter((path) => !existsSync(join(root, path)) && !isExample(path))
        .map((path) => `${file}: ${path}`)
    )
    assert.deepStrictEqual(missing, [])
  })
})
