// Fastify and pg as people put them together: prepared statements from a pool, and @fastify/jwt.
import jwt from "@fastify/jwt"
import { exportSPKI, importJWK } from "jose"
import pino from "pino"
import { pooled } from "./database.ts"
import { serve } from "./fastify.ts"
import { algorithm, audience, issuer, publishedKey, secret } from "./tokens.ts"

const publicKey = async () => {
  const key = await importJWK(await publishedKey(), algorithm, { extractable: true })
  if (key instanceof Uint8Array) throw new Error("The published key is a secret")
  return { public: await exportSPKI(key) }
}

await serve({
  logger: pino(),
  database: pooled(),
  identify: async (app) => {
    await app.register(jwt, {
      secret: secret ?? (await publicKey()),
      verify: { algorithms: [algorithm], allowedIss: issuer, allowedAud: audience, requiredClaims: ["sub", "exp"] }
    })
    return async (request) => (await request.jwtVerify<{ readonly sub: string }>()).sub
  }
})
