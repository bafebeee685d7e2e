import { ProjectId } from "../../src/domain/Project.ts"
import type { Language } from "../../src/domain/QuickAdd.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { parseTask } from "../../src/quick-add/QuickAdd.ts"

const id = (n: number) => `019c2f7e-0000-7000-8000-00000000000${n}`
export const [home, club] = [ProjectId.make(id(1)), ProjectId.make(id(2))]
export const [phone, errand] = [TagId.make(id(3)), TagId.make(id(4))]

// A Friday, eleven o'clock in Berlin.
export const now = Date.parse("2026-11-27T10:00:00Z")

/** A text parsed for a user in Berlin with two projects and two tags. */
export const parse = (text: string, language: Language = "en", time_zone = "Europe/Berlin", at = now) =>
  parseTask(text, {
    language,
    now: at,
    time_zone,
    projects: [
      { id: home, name: "Home" },
      { id: club, name: "Book club" }
    ],
    tags: [
      { id: phone, name: "phone" },
      { id: errand, name: "errand" }
    ]
  })
