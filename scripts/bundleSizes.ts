// Prints what each entry of the package adds to a browser bundle, minified and compressed with gzip.
// The packages that the entry uses, like React, are not counted.
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const entries: Readonly<Record<string, string>> = {
  client: "src/client/index.ts",
  react: "src/client/react/index.ts",
  offline: "src/client/offline/index.ts"
}

/** Bytes of each entry after minification and gzip. */
export const bundleSizes = async (): Promise<Readonly<Record<string, number>>> => {
  const sizes: Record<string, number> = {}
  for (const [name, file] of Object.entries(entries)) {
    const { outputFiles } = await build({
      absWorkingDir: `${import.meta.dirname}/..`,
      entryPoints: [file],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      packages: "external"
    })
    sizes[name] = gzipSync(outputFiles[0]?.contents ?? "").length
  }
  return sizes
}

if (import.meta.main) {
  for (const [name, bytes] of Object.entries(await bundleSizes())) {
    process.stdout.write(`effect-tasks/${name}: ${(bytes / 1024).toFixed(1)} KB\n`)
  }
}
