-- Run once by psql as a superuser, in the new database `tasks`, with OWNER_PASSWORD and SERVICE_PASSWORD in the environment.
-- tasks_owner owns the tables and applies migrations. tasks_service serves requests and owns nothing.
\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD

create role tasks_owner login password :'owner_password';
create role tasks_service login password :'service_password';

-- The service also sets these limits itself, but not through a transaction pooler, which rejects them.
alter role tasks_service set statement_timeout = '3s';
alter role tasks_service set lock_timeout = '3s';
alter role tasks_service set idle_in_transaction_session_timeout = '3s';

revoke all on database tasks from public;
grant connect on database tasks to tasks_owner, tasks_service;

revoke all on schema public from public;
grant usage, create on schema public to tasks_owner;
grant usage on schema public to tasks_service;

-- Created here, as the migrator would, because the default privileges below would allow the service to change it.
create table schema_migration (
  migration_id integer primary key,
  created_at timestamp with time zone not null default now(),
  name text not null
);
alter table schema_migration owner to tasks_owner;
grant select on schema_migration to tasks_service;

-- For the tables that migrations create.
alter default privileges for role tasks_owner in schema public
  grant select, insert, update, delete on tables to tasks_service;
