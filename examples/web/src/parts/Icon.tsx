const paths = {
  all: "M4 6.5h16M4 12h16M4 17.5h10",
  calendar: "M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4",
  check: "m5 12.5 4.5 4.5L19 7.5",
  collapse: "m6 9.5 6 6 6-6",
  close: "m6 6 12 12M18 6 6 18",
  down: "M12 5v14M6 13l6 6 6-6",
  edit: "M5 19h4L19 9l-4-4L5 15z",
  expand: "m9.5 6 6 6-6 6",
  flag: "M6 20V5h11l-2.5 4L17 13H6",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4 2.9c-.8.4-1.2 1-1.2 2M12 17.5h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  none: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 17.5l11-11",
  plus: "M12 5v14M5 12h14",
  repeat: "M5 11V9.5A2.5 2.5 0 0 1 7.5 7H18M15 4l3 3-3 3M19 13v1.5a2.5 2.5 0 0 1-2.5 2.5H6M9 20l-3-3 3-3",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20",
  subtasks: "M5 6h14M9 12h10M9 18h10M5 6v12",
  tag: "M4 5v6.5l8.5 8.5 7-7L11 4.5H4.5zM8 8.5h.01",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13",
  upcoming: "M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4M9 15h6M13 13l2 2-2 2",
  up: "M12 19V5M6 11l6-6 6 6",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01"
}

export type IconName = keyof typeof paths

/** Hidden from screen readers: a text beside it has its meaning. */
export const Icon = ({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === "more" || name === "grip" ? 2.6 : 1.8}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
)

export const Logo = () => (
  <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="var(--accent)" />
    <path
      d="m9 16.5 5 5 9.5-11"
      fill="none"
      stroke="var(--on-accent)"
      strokeWidth="3"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
)
