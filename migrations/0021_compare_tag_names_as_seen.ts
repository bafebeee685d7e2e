import { Effect } from "effect"
import { SqlClient } from "effect/sql"

// What migration 0019 takes for invisible, without white space and the blank Braille pattern: those separate words.
const invisible = String.raw`[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+`
const blank = String.raw`[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]+`

/** Replaces the function and its index under their names, which the version that still runs uses, too. */
const replaceFold = (body: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`alter function fold_case(text) rename to old_fold_case`
    yield* sql`
      create function fold_case(content text) returns text language sql immutable parallel safe
      return lower(${sql.literal(body)} collate "und-x-icu")
    `
    // Of names that become the same, the oldest one stays. The others end in their ids, because a name is unique. The
    // counter of the user is taken before the row is locked, as everywhere.
    yield* sql`
      update tag set
        name = left(tag.name, 13) || ' ' || tag.id, version = version + 1, updated_at = now(), seq = next_seq(tag.user_id)
      from (
        select user_id, id, row_number() over (partition by user_id, fold_case(name) order by created_at, id) as place
        from tag
      ) as named
      where tag.user_id = named.user_id and tag.id = named.id and place > 1 and next_seq(tag.user_id) > 0
    `
    // Reads go on while the index is built.
    yield* sql`create unique index new_tag_name_unique on tag (user_id, fold_case(name))`
    yield* sql`drop index tag_name_unique`
    yield* sql`drop function old_fold_case(text)`
    yield* sql`alter index new_tag_name_unique rename to tag_name_unique`
  })

// As RFC 8266 compares nicknames: white space of any kind and length is one space, and compatible characters, such as
// wide letters, are the same. Invisible characters do not count besides.
export default replaceFold(
  `btrim(regexp_replace(normalize(regexp_replace(content, '${invisible}', '', 'g'), nfkc), '${blank}', ' ', 'g'))`
)

export const down = replaceFold("normalize(content, nfc)")
