import type { Tag } from "effect-tasks/client"
import { useState } from "react"
import { useCreateTag, useDeleteTag, useUpdateTag } from "../data/useTags.ts"
import { Icon } from "../parts/Icon.tsx"
import { visit } from "../view/useView.ts"
import { home, type View } from "../view/View.ts"
import { EditDialog } from "./EditDialog.tsx"
import { NewName } from "./NewName.tsx"
import { PlaceLink } from "./PlaceLink.tsx"
import styles from "./Sidebar.module.css"

interface Props {
  readonly tags: ReadonlyArray<Tag>
  readonly view: View
}

export const Tags = ({ tags, view }: Props) => {
  const create = useCreateTag()
  const update = useUpdateTag()
  const remove = useDeleteTag()
  const [editedId, setEditedId] = useState<string>()
  const edited = tags.find(({ id }) => id === editedId)

  const onDelete = (tag: Tag) => {
    if (!window.confirm(`Delete the tag “${tag.name}”? Its tasks stay, without the tag.`)) return
    setEditedId(undefined)
    remove.mutate(tag)
    if (view.tag === tag.id) visit(home)
  }

  return (
    <section aria-labelledby="tags">
      <h2 id="tags">Tags</h2>
      <ul>
        {tags.map((tag) => (
          <PlaceLink
            key={tag.id}
            to={{ ...home, tag: tag.id }}
            view={view}
            icon="tag"
            color={tag.color}
            action={
              <button
                type="button"
                className={`icon ${styles.remove}`}
                aria-label={`Edit the tag ${tag.name}`}
                onClick={() => setEditedId(tag.id)}
              >
                <Icon name="edit" size={15} />
              </button>
            }
          >
            {tag.name}
          </PlaceLink>
        ))}
      </ul>
      <NewName
        label="New tag"
        maxLength={50}
        error={create.error ?? remove.error}
        onName={(name) => create.mutateAsync({ name })}
      />
      {edited !== undefined && (
        <EditDialog
          key={edited.id}
          kind="tag"
          row={edited}
          maxLength={50}
          onSave={(changes) => update.mutateAsync({ ...changes, id: edited.id, version: edited.version })}
          onDelete={() => onDelete(edited)}
          onClose={() => setEditedId(undefined)}
        />
      )}
    </section>
  )
}
