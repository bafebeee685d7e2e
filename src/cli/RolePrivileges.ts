import { Effect } from "effect"
import { SqlClient } from "effect/sql"

interface Role {
  readonly is_superuser: boolean
  readonly owns_tables: boolean
  /** What the role can do beyond reading and writing rows. */
  readonly powers: ReadonlyArray<string>
}

interface Privilege {
  readonly table: string
  readonly privilege: string
  readonly is_granted: boolean
}

const describe = (privileges: ReadonlyArray<Privilege>) =>
  Array.from(
    Map.groupBy(privileges, ({ table }) => table),
    ([table, ofTable]) => {
      const names = ofTable.map(({ privilege }) => privilege).join(", ")
      return `${names} on ${table}`
    }
  )

/** The service reads and writes all tables but the record of the migrations, which it only reads. */
const isRequired = ({ privilege, table }: Privilege) =>
  privilege === "SELECT" || (table !== "schema_migration" && ["INSERT", "UPDATE", "DELETE"].includes(privilege))

/** The privileges of the current role: what the service lacks, and what it does not need. */
export const rolePrivileges = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const roles = yield* sql<Role>`
    select
      rolsuper as is_superuser,
      exists (select from pg_class where oid = to_regclass('task') and relowner = pg_roles.oid) as owns_tables,
      array_remove(array[
        case when rolsuper then 'SUPERUSER' end,
        case when rolbypassrls then 'BYPASSRLS' end,
        case when rolcreaterole then 'CREATEROLE' end,
        case when rolcreatedb then 'CREATEDB' end,
        case when rolreplication then 'REPLICATION' end,
        case when has_schema_privilege(current_schema(), 'create') then 'CREATE on the schema' end,
        case when has_database_privilege(current_database(), 'create') then 'CREATE on the database' end,
        case when exists (select from pg_class where oid = to_regclass('task') and relowner = pg_roles.oid)
          then 'ownership of the tables' end
      ], null) as powers
    from pg_roles where rolname = current_user
  `
  // A query for several privileges at once ("select, insert") is true if the role has any of them.
  const privileges = yield* sql<Privilege>`
    select relname as table, privilege, has_table_privilege(pg_class.oid, privilege) as is_granted
    from pg_class
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
    where relkind in ('r', 'p') and relowner = (select relowner from pg_class where oid = to_regclass('task'))
      and relnamespace = (select relnamespace from pg_class where oid = to_regclass('task'))
    order by relname, privilege
  `
  const [role] = roles
  const hasAll = role?.is_superuser || role?.owns_tables
  return {
    missing: describe(privileges.filter((privilege) => isRequired(privilege) && !privilege.is_granted)),
    excess: [
      ...(role?.powers ?? []),
      ...(hasAll ? [] : describe(privileges.filter((privilege) => !isRequired(privilege) && privilege.is_granted)))
    ]
  }
})
