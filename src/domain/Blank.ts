// No import: browsers that check what a user wrote need this without the schemas.

/**
 * Characters that show nothing by themselves, as part of a character class: white space, control characters, Unicode's
 * Default_Ignorable_Code_Point (such as soft hyphens, joiners, variation selectors and Hangul fillers), annotation marks
 * and the blank Braille pattern. This is as much of the list as every dialect of regular expressions can say.
 */
export const invisibleCharacters =
  "\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"

// Marks of hieroglyphs, shorthand and music, the Khitan filler, tags and further variation selectors.
const supplementary =
  "\\u{13430}-\\u{13442}\\u{16fe4}\\u{1bca0}-\\u{1bca3}\\u{1d159}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}"

const visible = new RegExp(`[^${invisibleCharacters}${supplementary}]`, "u")

/** Whether a text shows nothing: it is empty, or has invisible characters only. */
export const isBlank = (text: string) => !visible.test(text)
