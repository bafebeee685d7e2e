import type { Project } from "effect-tasks/client"
import { useCreateProject, useDeleteProject } from "../data/useProjects.ts"
import { Icon } from "../parts/Icon.tsx"
import { visit } from "../view/useView.ts"
import { home, type View } from "../view/View.ts"
import { NewName } from "./NewName.tsx"
import { PlaceLink } from "./PlaceLink.tsx"
import styles from "./Sidebar.module.css"

interface Props {
  readonly projects: ReadonlyArray<Project>
  readonly view: View
}

const colors = ["#2f7d6d", "#b4552d", "#4a6fb5", "#96589c", "#8a7a1f", "#b23a5e"]

export const Projects = ({ projects, view }: Props) => {
  const create = useCreateProject()
  const remove = useDeleteProject()
  return (
    <section aria-labelledby="projects">
      <h2 id="projects">Projects</h2>
      <ul>
        {projects.map((project) => (
          <PlaceLink
            key={project.id}
            to={{ ...home, project: project.id }}
            view={view}
            color={project.color}
            action={
              <button
                type="button"
                className={`icon ${styles.remove}`}
                aria-label={`Delete the project ${project.name}`}
                onClick={() => {
                  if (!window.confirm(`Delete the project “${project.name}”? Its tasks stay, without a project.`))
                    return
                  remove.mutate(project)
                  if (view.project === project.id) visit(home)
                }}
              >
                <Icon name="close" size={15} />
              </button>
            }
          >
            {project.name}
          </PlaceLink>
        ))}
      </ul>
      <NewName
        label="New project"
        maxLength={200}
        error={create.error ?? remove.error}
        onName={(name) => create.mutateAsync({ name, color: colors[projects.length % colors.length] ?? null })}
      />
    </section>
  )
}
