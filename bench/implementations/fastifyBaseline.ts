// Fastify and pg in the usual way: prepared statements from a pool, and @fastify/jwt.
import jwt from "@fastify/jwt"
import { exportSPKI, importJWK } from "jose"
import pino from "pino"
import { algorithm, audience, issuer, publishedKey, secret } from "./accessTokens.ts"
import { pooled } from "./database.ts"
import { serve } from "./fastifyApp.ts"

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
