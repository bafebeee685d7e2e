// No import: browsers that check what a user wrote need this without the schemas.

// White space, control characters, what Unicode ignores (soft hyphens, joiners, variation selectors, Hangul fillers, tags),
// the blank Braille pattern, annotation marks, marks of hieroglyphs, the Khitan filler and a note head without ink.
const visible = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\u{13430}-\u{13442}\u{16fe4}\u{1d159}]/u

/** Whether a text shows nothing: it is empty, or has invisible characters only. */
export const isBlank = (text: string) => !visible.test(text)
