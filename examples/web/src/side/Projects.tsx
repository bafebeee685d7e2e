import type { Project } from "effect-tasks/client"
import { useState } from "react"
import { useCreateProject, useDeleteProject, useUpdateProject } from "../data/useProjects.ts"
import { Icon } from "../parts/Icon.tsx"
import { visit } from "../view/useView.ts"
import { home, type View } from "../view/View.ts"
import { EditDialog } from "./EditDialog.tsx"
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
  const update = useUpdateProject()
  const remove = useDeleteProject()
  const [editedId, setEditedId] = useState<string>()
  const edited = projects.find(({ id }) => id === editedId)
  const archived = projects.filter((project) => project.archived)

  const item = (project: Project) => (
    <PlaceLink
      key={project.id}
      to={{ ...home, project: project.id }}
      view={view}
      color={project.color}
      action={
        <button
          type="button"
          className={`icon ${styles.remove}`}
          aria-label={`Edit the project ${project.name}`}
          onClick={() => setEditedId(project.id)}
        >
          <Icon name="edit" size={15} />
        </button>
      }
    >
      {project.name}
    </PlaceLink>
  )
  const onDelete = (project: Project) => {
    if (!window.confirm(`Delete the project “${project.name}”? Its tasks stay, without a project.`)) return
    setEditedId(undefined)
    remove.mutate(project)
    if (view.project === project.id) visit(home)
  }

  return (
    <section aria-labelledby="projects">
      <h2 id="projects">Projects</h2>
      <ul>{projects.filter((project) => !project.archived).map(item)}</ul>
      {archived.length > 0 && (
        <details className={styles.archived}>
          <summary>Archived ({archived.length})</summary>
          <ul>{archived.map(item)}</ul>
        </details>
      )}
      <NewName
        label="New project"
        maxLength={200}
        error={create.error ?? remove.error}
        onName={(name) => create.mutateAsync({ name, color: colors[projects.length % colors.length] ?? null })}
      />
      {edited !== undefined && (
        <EditDialog
          key={edited.id}
          kind="project"
          row={edited}
          maxLength={200}
          onSave={(changes) => update.mutateAsync({ ...changes, id: edited.id, version: edited.version })}
          onDelete={() => onDelete(edited)}
          onClose={() => setEditedId(undefined)}
        />
      )}
    </section>
  )
}
