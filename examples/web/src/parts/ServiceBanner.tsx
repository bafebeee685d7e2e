import { useQueryClient } from "@tanstack/react-query"
import { isPassing, wordsFor } from "../data/faults.ts"
import styles from "./Banner.module.css"
import { Icon } from "./Icon.tsx"

/** Says that the service is away, for as long as it is. The page goes on trying by itself. */
export const ServiceBanner = ({ fault }: { readonly fault: unknown }) => {
  const queries = useQueryClient()
  return (
    <div role="alert">
      {isPassing(fault) && (
        <div className={styles.banner}>
          <Icon name="warning" />
          <p>
            <strong>{wordsFor(fault)}</strong> What you see may be out of date.
          </p>
          <button type="button" onClick={() => void queries.refetchQueries({ type: "active" })}>
            Try now
          </button>
        </div>
      )}
    </div>
  )
}
