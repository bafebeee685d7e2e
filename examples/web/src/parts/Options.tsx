/** The options of a select: labels by value. */
export const Options = ({ words }: { readonly words: Readonly<Record<string, string>> }) =>
  Object.entries(words).map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ))
