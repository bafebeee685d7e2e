import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import createSearchDocument from "./0014_plan_search_document_once.ts"

/** The functions that the index and the searches use. */
export const createSearchFunctions = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ schema: string }>`select quote_ident(current_schema()) as schema`
  const schema = sql.literal(String(row?.schema))

  // Documents and queries have the words in both forms. So rows that are not written again stay found as before, and none
  // of them is rewritten here.
  yield* sql`
    create or replace function search_document(owner text, content text) returns tsvector
    language plpgsql immutable parallel safe as $$
    declare
      words text[] := ${schema}.search_words(content);
      joined text := array_to_string(words, ' ');
      folded text := ${schema}.fold_letters(joined);
    begin
      if folded <> joined then words := words || string_to_array(folded, ' '); end if;
      return array_to_tsvector(words || ('@' || md5(owner)));
    end $$
  `
  yield* sql`
    create or replace function search_query(owner text, content text) returns tsquery language sql immutable parallel safe
    return (
      '''@' || md5(owner) || '''' || coalesce(' & ' || (
        select string_agg(
          case fold_letters(word)
            when word then '''' || word || '''' || mark
            else '(''' || word || '''' || mark || ' | ''' || fold_letters(word) || '''' || mark || ')'
          end,
          ' & ' order by place
        )
        from (
          select word, place, case place when count(*) over () then ':*' else '' end as mark
          from unnest(search_words(content)) with ordinality as found (word, place)
        ) as words
      ), '')
    )::tsquery
  `
})

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Letters with a stroke and ligatures have no decomposition in Unicode, but people without such a keyboard write "Lodz"
  // for "Łódź". Folded letters take no more bytes.
  yield* sql`
    create function fold_letters(words text) returns text language sql immutable parallel safe
    return translate(replace(replace(replace(words, 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'øłđðħŧ', 'olddht')
  `
  yield* createSearchFunctions
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create or replace function search_query(owner text, content text) returns tsquery language sql immutable parallel safe
    return (
      '''@' || md5(owner) || '''' || coalesce(' & ''' || nullif(array_to_string(search_words(content), ''' & '''), '') || ''':*', '')
    )::tsquery
  `
  yield* createSearchDocument
  yield* sql`drop function fold_letters(text)`
})
