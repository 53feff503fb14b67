import type { Example } from "@reference-architecture/shared";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { IconButton } from "../ui/button.tsx";
import { BinIcon, PencilIcon } from "../ui/icons.tsx";
import { When } from "../ui/when.tsx";
import styles from "./example-row.module.css";
import { RenameForm } from "./rename-form.tsx";

type Props = { example: Example; fresh: boolean; onDelete: () => void };

export function ExampleRow({ example, fresh, onDelete }: Props) {
  const [editing, setEditing] = useState(false);
  const rename = useRef<HTMLButtonElement>(null);

  const close = () => {
    flushSync(() => setEditing(false));
    rename.current?.focus();
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
            <IconButton
              ref={rename}
              label={`Rename ${example.name}`}
              onClick={() => setEditing(true)}
            >
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
