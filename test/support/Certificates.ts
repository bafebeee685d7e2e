import { execFile, spawnSync } from "node:child_process"
import { chmod, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"

const openssl = (cwd: string, args: string) => promisify(execFile)("openssl", args.split(" "), { cwd })

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

/** A certificate authority, and certificates that it signed, as files. */
export const makeCertificates = async (folder: string, authority: string, names: ReadonlyArray<string>) => {
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
  await openssl(
    folder,
    `req -x509 ${key} -days 2 -keyout ${authority}.key -out ${authority}.crt -subj /CN=${authority}`
  )
  for (const name of names) {
    await openssl(folder, `req ${key} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`)
    await writeFile(join(folder, `${name}.ext`), `subjectAltName=DNS:${name}`)
    await openssl(
      folder,
      `x509 -req -in ${name}.csr -CA ${authority}.crt -CAkey ${authority}.key -days 2 -out ${name}.crt -extfile ${name}.ext`
    )
    await chmod(join(folder, `${name}.key`), 0o600)
  }
}
