import { Context } from "effect"
import type { HeaderList } from "./Cors.ts"

/** Whether responses tell browsers to use TLS only. On outside of development. */
export const TransportSecurity = Context.Reference<boolean>("tasks/server/TransportSecurity", {
  defaultValue: () => false
})

/** The headers of every response that does not set its own. */
export const securityHeaders = (isDeployed: boolean): HeaderList => [
  ...["cache-control", "no-store", "x-content-type-options", "nosniff"],
  ...(isDeployed ? ["strict-transport-security", "max-age=31536000; includeSubDomains"] : [])
]

/** What the documentation page may do: run the script of this service, and call this service. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src data:",
    "connect-src 'self'",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; "),
  "referrer-policy": "no-referrer"
}
