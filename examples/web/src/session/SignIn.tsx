import { type FormEvent, useEffect, useRef, useState } from "react"
import { Logo } from "../parts/Icon.tsx"
import { authClient } from "./authClient.ts"
import styles from "./SignIn.module.css"

interface Props {
  /** The email address of the user whose session ended. */
  readonly endedFor: string | undefined
  readonly onSignedIn: () => Promise<void>
}

const texts = {
  in: { title: "Sign in", button: "Sign in", ask: "No account yet?", other: "Create one" },
  up: { title: "Create an account", button: "Create account", ask: "Already have an account?", other: "Sign in" }
}

export const SignIn = ({ endedFor, onSignedIn }: Props) => {
  const [way, setWay] = useState<"in" | "up">("in")
  const [message, setMessage] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const title = useRef<HTMLHeadingElement>(null)
  const text = texts[way]

  useEffect(() => {
    document.title = `${text.title} · Tasks`
    title.current?.focus()
  }, [text])

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (isBusy) return
    const form = new FormData(event.currentTarget)
    const [email, password, name] = ["email", "password", "name"].map((field) => String(form.get(field) ?? ""))
    if (email === undefined || password === undefined || name === undefined) return
    setBusy(true)
    setMessage(undefined)
    const { error } =
      way === "in"
        ? await authClient.signIn.email({ email, password })
        : await authClient.signUp.email({ email, password, name })
    if (error === null) await onSignedIn()
    else setMessage(error.message ?? "Can't reach the sign-in server. Try again in a moment.")
    setBusy(false)
  }

  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={submit}>
        <Logo />
        <h1 ref={title} tabIndex={-1}>
          {text.title}
        </h1>
        {endedFor !== undefined && (
          <p className={styles.note} role="status">
            Your session has ended. Sign in again to continue. Your unsaved changes are kept on this device.
          </p>
        )}
        {way === "up" && (
          <label>
            Name
            <input name="name" autoComplete="name" required />
          </label>
        )}
        <label>
          Email
          <input name="email" type="email" autoComplete="email" required defaultValue={endedFor} />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autoComplete={way === "in" ? "current-password" : "new-password"}
            minLength={8}
            required
            aria-describedby={way === "up" ? "password-rule" : undefined}
          />
        </label>
        {way === "up" && (
          <p id="password-rule" className={styles.hint}>
            At least 8 characters.
          </p>
        )}
        {message !== undefined && (
          <p className={styles.error} role="alert">
            {message}
          </p>
        )}
        <button type="submit" className="primary" aria-disabled={isBusy}>
          {isBusy ? "One moment …" : text.button}
        </button>
        <p className={styles.other}>
          {text.ask}{" "}
          <button
            type="button"
            className="link"
            onClick={() => {
              setWay(way === "in" ? "up" : "in")
              setMessage(undefined)
            }}
          >
            {text.other}
          </button>
        </p>
      </form>
    </main>
  )
}
