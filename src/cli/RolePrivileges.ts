import { Effect } from "effect"
import { SqlClient } from "effect/sql"

interface Privilege {
  /** A table, or a function with its parentheses. */
  readonly object: string
  readonly privilege: string
  readonly is_granted: boolean
}

const describe = (privileges: ReadonlyArray<Privilege>) =>
  Array.from(
    Map.groupBy(privileges, ({ object }) => object),
    ([object, ofObject]) => {
      const names = ofObject.map(({ privilege }) => privilege).join(", ")
      return `${names} on ${object}`
    }
  )

/** The service calls all functions, and reads and writes all tables but the record of the migrations, which it only reads. */
const isRequired = ({ object, privilege }: Privilege) =>
  ["SELECT", "EXECUTE"].includes(privilege) ||
  (object !== "schema_migration" && ["INSERT", "UPDATE", "DELETE"].includes(privilege))

/** The privileges of the current role: what the service lacks, and what it does not need. */
export const rolePrivileges = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  // What the role can do beyond reading and writing rows.
  const [role] = yield* sql<{ readonly powers: ReadonlyArray<string> }>`
    select
      array_remove(array[
        case when rolsuper then 'SUPERUSER' end,
        case when rolbypassrls then 'BYPASSRLS' end,
        case when rolcreaterole then 'CREATEROLE' end,
        case when rolcreatedb then 'CREATEDB' end,
        case when rolreplication then 'REPLICATION' end,
        case when has_schema_privilege(current_schema(), 'create') then 'CREATE on the schema' end,
        case when has_database_privilege(current_database(), 'create') then 'CREATE on the database' end,
        case when exists (select from pg_class where oid = to_regclass('task') and relowner = pg_roles.oid)
          then 'ownership of the tables' end,
        (select 'membership in ' || relowner::regrole from pg_class
          where oid = to_regclass('task') and relowner <> pg_roles.oid and not rolsuper
            and pg_has_role(pg_roles.oid, relowner, 'member'))
      ], null) as powers
    from pg_roles where rolname = current_user
  `
  // A query for several privileges at once ("select, insert") is true if the role has any of them.
  const privileges = yield* sql<Privilege>`
    with task as (select relowner, relnamespace from pg_class where oid = to_regclass('task'))
    select relname as object, privilege, has_table_privilege(pg_class.oid, privilege) as is_granted
    from pg_class
    join task using (relowner, relnamespace)
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
    where relkind in ('r', 'p')
    union all
    select proname || '()', 'EXECUTE', has_function_privilege(pg_proc.oid, 'EXECUTE')
    from pg_proc join task on proowner = relowner and pronamespace = relnamespace
    order by object, privilege
  `
  const powers = role?.powers ?? []
  const hasAll = powers.includes("SUPERUSER") || powers.includes("ownership of the tables")
  return {
    missing: describe(privileges.filter((privilege) => isRequired(privilege) && !privilege.is_granted)),
    excess: [
      ...powers,
      ...(hasAll ? [] : describe(privileges.filter((privilege) => !isRequired(privilege) && privilege.is_granted)))
    ]
  }
})
