import { useState } from "react"
import { Icon } from "../parts/Icon.tsx"
import { themes, useTheme } from "../view/useTheme.ts"
import styles from "./Account.module.css"

interface Props {
  readonly user: { readonly name: string; readonly email: string }
  readonly onHelp: () => void
  readonly onSignOut: () => Promise<void>
}

export const Account = ({ onHelp, onSignOut, user }: Props) => {
  const [theme, choose] = useTheme()
  const [message, setMessage] = useState<string>()
  return (
    <div className={styles.account}>
      <fieldset className={styles.theme}>
        <legend className="spoken">Color scheme</legend>
        {themes.map((one) => (
          <label key={one}>
            <input type="radio" name="theme" checked={theme === one} onChange={() => choose(one)} />
            <span>{one}</span>
          </label>
        ))}
      </fieldset>
      <div className={styles.user}>
        <div>
          <strong>{user.name}</strong>
          <span className={styles.email}>{user.email}</span>
        </div>
        <button type="button" className="icon" aria-label="Keyboard help" onClick={onHelp}>
          <Icon name="help" />
        </button>
      </div>
      <button type="button" onClick={() => void onSignOut().catch((error: Error) => setMessage(error.message))}>
        Sign out
      </button>
      {message !== undefined && (
        <p className={styles.error} role="alert">
          {message}
        </p>
      )}
    </div>
  )
}
