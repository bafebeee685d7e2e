import { Context } from "effect"

/** Whether browsers are told to come by TLS only, as they should be once the service is deployed. */
export const TransportSecurity = Context.Reference<boolean>("tasks/server/TransportSecurity", {
  defaultValue: () => false
})

type Headers = Readonly<Record<string, string>>

/** What every answer says to browsers and caches, where nothing else is said. */
export const common = (isDeployed: boolean): Headers => ({
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  ...(isDeployed && { "strict-transport-security": "max-age=31536000; includeSubDomains" })
})

/**
 * What the page of the documentation may do: run what it brought along, and ask this service. Its script
 * stands in the page, so "unsafe-inline" it is; there is nothing of anyone else's in that page.
 */
export const pagePolicy: Headers = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'unsafe-inline' 'unsafe-eval'",
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
