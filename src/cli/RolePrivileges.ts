import { Effect } from "effect"
import { SqlClient } from "effect/sql"

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
  // The service calls all functions, and reads and writes all tables but the record of the migrations, which it only reads.
  // A query for several privileges at once ("select, insert") is true if the role has any of them.
  const differences = yield* sql<{ readonly is_required: boolean; readonly privileges: string }>`
    with task as (select relowner, relnamespace from pg_class where oid = to_regclass('task')), privilege as (
      select relname::text as object, name, has_table_privilege(pg_class.oid, name) as is_granted,
        name = 'SELECT' or (name in ('INSERT', 'UPDATE', 'DELETE') and relname <> 'schema_migration') as is_required
      from pg_class
      join task using (relowner, relnamespace)
      cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as name
      where relkind in ('r', 'p')
      union all
      select proname || '()', 'EXECUTE', has_function_privilege(pg_proc.oid, 'EXECUTE'), true
      from pg_proc join task on proowner = relowner and pronamespace = relnamespace
    )
    select is_required, string_agg(name, ', ' order by name) || ' on ' || object as privileges
    from privilege where is_granted <> is_required
    group by object, is_required
    order by object
  `
  const [missing = [], surplus = []] = [true, false].map((isRequired) =>
    differences.filter(({ is_required }) => is_required === isRequired).map(({ privileges }) => privileges)
  )
  const powers = role?.powers ?? []
  const hasAll = powers.includes("SUPERUSER") || powers.includes("ownership of the tables")
  return { missing, excess: hasAll ? powers : [...powers, ...surplus] }
})
