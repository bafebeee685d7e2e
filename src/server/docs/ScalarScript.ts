import { promisify } from "node:util"
import { constants, gzip } from "node:zlib"
import { HttpRouter } from "effect/http"
import { HttpApi, HttpApiScalar } from "effect/http-api"

/** Scalar's script, as the library has it: inside of the page that it renders. */
const scalarScript = async () => {
  const layer = HttpApiScalar.layer(HttpApi.make("Empty"), { path: "/" })
  const { dispose, handler } = HttpRouter.toWebHandler(layer, { disableLogger: true })
  const page = await (await handler(new Request("http://localhost/"))).text()
  await dispose()
  const script = /<script>(.*)<\/script>\s*<script>\s*window\.Scalar/s.exec(page)?.[1]
  if (script === undefined) throw new Error("the page of the library has no script of Scalar")
  return script
}

// Scalar 1.43.5 omits parameters that are off from its requests, but not from its code snippets.
const valueInSnippet = /(=\((\w),(\w),(\w)\)=>\{)(const (\w)=(\w+)\(\2,\3,\4\)\?\.value;)/g

const omitFromSnippets = (script: string) => {
  const functions = Array.from(script.matchAll(valueInSnippet)).length
  if (functions !== 1) throw new Error(`${functions} functions of Scalar's script look like the one to repair`)
  return script.replace(valueInSnippet, '$1if($7($2,$3,$4)?.["x-disabled"])return;$5')
}

/** The script of the documentation page, compressed. `build.ts` writes it to a file of the bundle. */
export const compressScalar = async () =>
  promisify(gzip)(omitFromSnippets(await scalarScript()), { level: constants.Z_BEST_COMPRESSION })
