-- Run once by psql, as a superuser, in the new database `tasks`. One role owns the tables and changes them, the
-- other serves requests and owns nothing.
\getenv owner_password OWNER_PASSWORD
\getenv service_password SERVICE_PASSWORD

create role tasks_owner login password :'owner_password';
create role tasks_service login password :'service_password';

revoke all on database tasks from public;
grant connect on database tasks to tasks_owner, tasks_service;

revoke all on schema public from public;
grant usage, create on schema public to tasks_owner;
grant usage on schema public to tasks_service;

-- The tables come later, with the migrations.
alter default privileges for role tasks_owner in schema public
  grant select, insert, update, delete on tables to tasks_service;
