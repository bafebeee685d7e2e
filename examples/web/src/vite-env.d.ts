interface ImportMetaEnv {
  /** The base URL of the task service. */
  readonly VITE_TASKS_URL?: string
}
