import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { createSearchFunctions } from "./0018_fold_letters.ts"

/** Soft hyphens, joiners, directional marks and Arabic's tatweel: parts of words that readers do not see as such. */
const ignored = "\\u00ad\\u034f\\u061c\\u0640\\u180b-\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ schema: string }>`select quote_ident(current_schema()) as schema`
  const schema = sql.literal(String(row?.schema))

  // Ignored characters and numbers such as "²" end a word. But people look for the word as they see it: "Kartoffelsalat"
  // with a soft hyphen in it, "m2" for "m²".
  yield* sql`
    create function visible_text(content text) returns text language sql immutable parallel safe
    return normalize(regexp_replace(content, ${sql.literal(`'[${ignored}]+'`)}, '', 'g'), nfkc)
  `
  // As with folded letters, documents and queries have the words in both forms. No text of ASCII has two.
  yield* sql`
    create or replace function search_document(owner text, content text) returns tsvector
    language plpgsql immutable parallel safe as $$
    declare
      words text[] := ${schema}.search_words(content);
      visible text := content;
      joined text;
      folded text;
    begin
      if octet_length(content) > char_length(content) then visible := ${schema}.visible_text(content); end if;
      if visible <> content then words := words || ${schema}.search_words(visible); end if;
      joined := array_to_string(words, ' ');
      folded := ${schema}.fold_letters(joined);
      if folded <> joined then words := words || string_to_array(folded, ' '); end if;
      return array_to_tsvector(words || ('@' || md5(owner)));
    end $$
  `
  yield* sql`
    create function words_query(content text) returns text language sql immutable parallel safe
    return (
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
    )
  `
  yield* sql`
    create or replace function search_query(owner text, content text) returns tsquery language sql immutable parallel safe
    return (
      select '''@' || md5(owner) || '''' || coalesce(' & (' || string_agg(distinct form, ' | ') || ')', '')
      from (values
        (words_query(content)),
        (case when octet_length(content) > char_length(content) then words_query(visible_text(content)) end)
      ) as forms (form)
    )::tsquery
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* createSearchFunctions
  yield* sql`drop function words_query(text)`
  yield* sql`drop function visible_text(text)`
})
