import { errorEntries, errorSections } from "../src/api/openapi/ErrorReference.ts"

const introduction = `# Errors

Every response from 400 up is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`,
\`request_id\`, and the members that the sections below name. Programs distinguish errors by \`code\`; \`detail\` is fit to
show to people. Report an error with its \`request_id\`: it is in the server's logs.

The \`type\` is a name, not an address: \`urn:tasks:task-not-found\` is [task-not-found](#task-not-found) on this page, and
\`/docs#description/task-not-found\` on the server.

This page is generated from \`src/api/errors\` by \`npm run docs\`.`

/** The page docs/problems.md. */
export const errorReference = () => {
  const examples = errorEntries().map(({ body }) => `\`\`\`json\n${JSON.stringify(body, undefined, 2)}\n\`\`\``)
  const sections = errorSections().map((section, n) => `${section}\n\n${examples[n]}`)
  return `${[introduction, ...sections].join("\n\n")}\n`
}
