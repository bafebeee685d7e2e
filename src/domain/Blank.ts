// No import: browsers that check what a user wrote need this without the schemas.

// White space, control characters, what Unicode ignores by default (DI: soft hyphens, joiners, variation selectors, Hangul
// fillers, tags), the blank Braille pattern and annotation marks.
const visible = /[^\s\p{Cc}\p{DI}\u2800\ufff9-\ufffb]/u

/** Whether a text shows nothing: it is empty, or has invisible characters only. */
export const isBlank = (text: string) => !visible.test(text)
