import { useQueryClient } from "@tanstack/react-query"
import { isTemporary, messageFor } from "../data/errors.ts"
import styles from "./Banner.module.css"
import { Icon } from "./Icon.tsx"

/** Says that the service cannot be reached. The page keeps trying by itself. */
export const ServiceBanner = ({ error }: { readonly error: unknown }) => {
  const queries = useQueryClient()
  return (
    <div role="alert">
      {isTemporary(error) && (
        <div className={styles.banner}>
          <Icon name="warning" />
          <p>
            <strong>{messageFor(error)}</strong> What you see may be out of date.
          </p>
          <button type="button" onClick={() => void queries.refetchQueries({ type: "active" })}>
            Try now
          </button>
        </div>
      )}
    </div>
  )
}
