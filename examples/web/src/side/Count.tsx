import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { queries } from "../data/client.ts"
import { useToday } from "../view/useToday.ts"
import { queryOf, type View } from "../view/View.ts"

interface Props {
  readonly of: View
  readonly children: (count: number | undefined) => ReactNode
}

/** The number of tasks in a list. */
export const Count = ({ children, of }: Props) => children(useQuery(queries.taskCount(queryOf(of, useToday()))).data)
