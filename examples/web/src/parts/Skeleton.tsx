import styles from "./Skeleton.module.css"

const widths = ["62%", "38%", "74%", "51%", "45%", "68%"]

/** Placeholders as high as rows, so that the layout does not shift when the rows load. */
export const Skeleton = () => (
  <div className={styles.skeleton} role="status">
    <span className="spoken">Loading</span>
    {widths.map((width) => (
      <div key={width} className={styles.row}>
        <i className={styles.box} />
        <i className={styles.line} style={{ width }} />
      </div>
    ))}
  </div>
)
