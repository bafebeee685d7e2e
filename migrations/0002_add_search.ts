import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Marks that change a letter: accents, Hebrew and Arabic points, variation selectors. */
const marks =
  "\\u0300-\\u036f\\u0483-\\u0489\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670" +
  "\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe00-\\ufe0f\\ufe20-\\ufe2f" +
  "\\U000e0100-\\U000e01ef"

/** Scripts of India and Southeast Asia, where marks are vowels, without their punctuation. */
const syllables =
  "\\u0900-\\u0963\\u0966-\\u0df3\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e50-\\u0eff\\u0f18-\\u0fbc\\u1000-\\u109f\\u1780-\\u17d3\\u1b00-\\u1b4b"

/** Characters that are words by themselves: Han, Kana, Hangul and emoji. Their texts have no spaces between words. */
const singles =
  "\\u3005-\\u3007\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff" +
  "\\U00020000-\\U0003ffff\\u2600-\\u27bf\\U0001f000-\\U0001f0ff\\U0001f1e6-\\U0001f1ff\\U0001f300-\\U0001faff"

/** Parts of letters that are composed again: Kana's voicing marks, and the parts of Hangul. */
const parts = "\\u1100-\\u11ff\\u3099\\u309a"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The words of a text, for documents and queries alike. Words end at every character that is no letter or digit. Case,
  // accents and compatibility forms (full width, ligatures) are folded. The collation is named, so that a database of
  // locale "C" has the same words. "ß" and "ς" are what lower() leaves of "SS" and "Σ"; "ı" has the capital of "i".
  //
  // A lexeme has at most 2046 bytes, so words are cut after 500 characters.
  const separators = sql.literal(`'[^[:alnum:]${marks}${syllables}${singles}${parts}]+'`)
  yield* sql`
    create function search_words(content text) returns text[] language sql immutable parallel safe
    return array(select left(word, 500) from unnest(string_to_array(regexp_replace(
      translate(replace(lower(normalize(regexp_replace(
        normalize(regexp_replace(content collate "und-x-icu", ${separators}, ' ', 'g'), nfkd),
        ${sql.literal(`'[${marks}]+'`)}, '', 'g'
      ), nfkc) collate "und-x-icu"), 'ß', 'ss'), 'ςı', 'σi'),
      ${sql.literal(`'([${singles}])'`)}, ' \\1 ', 'g'
    ), ' ')) with ordinality as words (word, place) where word <> '' order by place)
  `

  // The owner is a word of every document. So one index answers "these words, of this user", and a common word costs as
  // much as this user has of it, not as much as all users have. Words contain no "@", so no text has it.
  yield* sql`
    create function search_document(owner text, content text) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(search_words(content) || ('@' || md5(owner)))
  `
  // All words, the last of them as a prefix, as it is while a user types. Words need no escape within the quotes.
  yield* sql`
    create function search_query(owner text, content text) returns tsquery language sql immutable parallel safe
    return (
      '''@' || md5(owner) || '''' || coalesce(' & ''' || nullif(array_to_string(search_words(content), ''' & '''), '') || ''':*', '')
    )::tsquery
  `
  yield* sql`
    alter table task add column search tsvector not null generated always as (
      search_document(user_id, title || ' ' || coalesce(description, ''))
    ) stored
  `
  yield* sql`create index task_by_search on task using gin (search) where deleted_at is null`
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table task drop column search`
  yield* sql`drop function search_query(text, text)`
  yield* sql`drop function search_document(text, text)`
  yield* sql`drop function search_words(text)`
})
