import type { Tag } from "effect-tasks/client"
import { useCreateTag, useDeleteTag } from "../data/useTags.ts"
import { Icon } from "../parts/Icon.tsx"
import { visit } from "../view/useView.ts"
import { home, type View } from "../view/View.ts"
import { NewName } from "./NewName.tsx"
import { PlaceLink } from "./PlaceLink.tsx"
import styles from "./Sidebar.module.css"

interface Props {
  readonly tags: ReadonlyArray<Tag>
  readonly view: View
}

export const Tags = ({ tags, view }: Props) => {
  const create = useCreateTag()
  const remove = useDeleteTag()
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
            action={
              <button
                type="button"
                className={`icon ${styles.remove}`}
                aria-label={`Delete the tag ${tag.name}`}
                onClick={() => {
                  if (!window.confirm(`Delete the tag “${tag.name}”? It is taken from its tasks.`)) return
                  remove.mutate(tag)
                  if (view.tag === tag.id) visit(home)
                }}
              >
                <Icon name="close" size={15} />
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
    </section>
  )
}
