import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // due is what the client gave. due_at is what it is sorted by: the instant, or for a due date without a time zone its
  // date and time as if they were in UTC. due_for repeats the due_at that belongs to due. Where the two differ, a version
  // of the service that does not know due wrote due_at since, and the task is due at this time in UTC. So are all tasks
  // that were there before, and no row has to be changed.
  yield* sql`alter table task add column due jsonb, add column due_for timestamptz(3)`
  yield* sql`
    create function due_in_utc(due_at timestamptz) returns jsonb language sql stable
    return case when due_at is not null then jsonb_build_object(
      'date', to_char(due_at at time zone 'UTC', 'YYYY-MM-DD'),
      'time', regexp_replace(to_char(due_at at time zone 'UTC', 'HH24:MI:SS.MS'), '(:00)?\\.000$', ''),
      'time_zone', 'UTC'
    ) end
  `

  // In another zone than UTC the due dates with and without a time zone are shifted against each other: each kind is
  // read in its order, and the two are merged.
  const isFloating = sql`(due_for = due_at and due ->> 'time_zone' is null)`
  yield* sql`
    create index task_by_floating_due on task (user_id, due_at, id) where deleted_at is null and ${isFloating}
  `
  yield* sql`
    create index task_by_zoned_due on task (user_id, due_at, id)
    where deleted_at is null and due_at is not null and ${isFloating} is not true
  `

  // A plan for the tasks without a due date depends on how many there are, which the planner does not know of an
  // expression in a partial index.
  yield* sql`
    create statistics task_due_at on (coalesce(due_at, timestamptz 'infinity')), (coalesce(due_at, timestamptz '-infinity'))
    from task
  `

  // The first moment at which the clock of a zone shows a date and time or a later one: unlike the conversions of
  // PostgreSQL it keeps the order of dates and times, also of those that the clock skips.
  yield* sql`
    create function due_in_zone(due_at timestamptz, zone text) returns timestamptz
    language plpgsql immutable strict parallel safe as $$
    declare
      clock timestamp := due_at at time zone 'UTC';
      late timestamptz := clock at time zone zone;
      early timestamptz := late - interval '2 days';
      middle timestamptz;
    begin
      -- Of a time that occurs twice, PostgreSQL takes the second one.
      middle := due_at - (early at time zone zone - early at time zone 'UTC');
      if middle <= late and middle at time zone zone = clock then
        return middle;
      elsif late at time zone zone = clock then
        return late;
      end if;
      while late - early > interval '1 millisecond' loop
        middle := date_trunc('milliseconds', early + (late - early) / 2);
        if middle at time zone zone >= clock then
          late := middle;
        else
          early := middle;
        end if;
      end loop;
      return late;
    end $$
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop function due_in_zone(timestamptz, text)`
  yield* sql`drop statistics task_due_at`
  yield* sql`alter table task drop column due, drop column due_for`
  yield* sql`drop function due_in_utc(timestamptz)`
})
