import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./Process.ts"

export interface CodeBlock {
  readonly language: string
  readonly text: string
  /** The line of the opening fence, from 1. */
  readonly line: number
}

export interface Page {
  /** Relative to the project. */
  readonly file: string
  readonly text: string
  readonly blocks: ReadonlyArray<CodeBlock>
  /** Without code blocks and inline code. */
  readonly prose: string
}

const fence = /^( *)```(\w*)\n(.*?)^\1```$/gms

const readPage = (file: string): Page => {
  const text = readFileSync(join(root, file), "utf8")
  const blocks = Array.from(text.matchAll(fence), ({ 1: indent = "", 2: language = "", 3: body = "", index }) => ({
    language,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    line: text.slice(0, index).split("\n").length
  }))
  return { file, text, blocks, prose: text.replaceAll(fence, "").replaceAll(/`[^`\n]*`/g, "") }
}

/** The documentation: the pages at the root, in docs and of the example. */
export const pages: ReadonlyArray<Page> = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/web/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
].map(readPage)

export const pageOf = (file: string): Page => {
  const page = pages.find((page) => page.file === file)
  if (page === undefined) throw new Error(`${file} does not exist`)
  return page
}

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsOf = ({ text }: Page): ReadonlySet<string> => {
  const anchors = new Set<string>()
  for (const [, heading = ""] of text.replaceAll(fence, "").matchAll(/^#{1,6} (.*)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-")
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}

/** The targets of links and images. */
export const linksOf = ({ prose }: Page): ReadonlyArray<string> =>
  Array.from(
    prose.matchAll(/\]\(([^)\s]+)\)|<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]*)"/g),
    ([, markdown, html]) => markdown ?? html ?? ""
  )
