import type { Example } from "@reference-architecture/shared";
import { useRef } from "react";
import { flushSync } from "react-dom";
import { IconButton } from "../ui/button.tsx";
import { BinIcon, PencilIcon } from "../ui/icons.tsx";
import { When } from "../ui/when.tsx";
import styles from "./example-row.module.css";
import { RenameForm } from "./rename-form.tsx";

type Props = {
  example: Example;
  /** Where the focus goes when the row goes. */
  neighbour: Example | undefined;
  fresh: boolean;
  editing: boolean;
  onEdit: (editing: boolean) => void;
  onDelete: () => void;
};

export function ExampleRow({ example, neighbour, fresh, editing, onEdit, onDelete }: Props) {
  const rename = useRef<HTMLButtonElement>(null);

  const close = (next = neighbour) => {
    flushSync(() => onEdit(false));
    if (rename.current) rename.current.focus();
    else focusRow(next);
  };

  return (
    <li id={rowId(example.id)} className={styles.row} data-fresh={fresh} tabIndex={-1}>
      {editing ? (
        <RenameForm example={example} onClose={close} />
      ) : (
        <>
          <div className={styles.text}>
            <bdi className={styles.name}>{example.name}</bdi>
            <div className={styles.facts}>
              <When at={example.updatedAt} />
              <span title="Version: it grows with every change">v{example.version}</span>
            </div>
          </div>
          <div className={styles.actions}>
            <IconButton ref={rename} label={`Rename ${example.name}`} onClick={() => onEdit(true)}>
              <PencilIcon />
            </IconButton>
            <IconButton label={`Delete ${example.name}`} onClick={onDelete}>
              <BinIcon />
            </IconButton>
          </div>
        </>
      )}
    </li>
  );
}

const rowId = (id: string) => `example-${id}`;

/** Where the focus goes when the row that had it goes away, or comes back. */
export function focusRow(example: Example | undefined) {
  const row = example && document.getElementById(rowId(example.id));
  (row ?? document.querySelector("h1"))?.focus();
}
