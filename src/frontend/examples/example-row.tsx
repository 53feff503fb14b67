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
  fresh: boolean;
  editing: boolean;
  onEdit: (editing: boolean) => void;
  onDelete: () => void;
};

export function ExampleRow({ example, fresh, editing, onEdit, onDelete }: Props) {
  const rename = useRef<HTMLButtonElement>(null);

  const close = (next?: Example) => {
    const beside = neighbour(example);
    flushSync(() => onEdit(false));
    if (rename.current) rename.current.focus();
    else focusRow(next, beside);
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
            {/* The second press of a double one was meant for the row that has just gone. */}
            <IconButton
              label={`Delete ${example.name}`}
              onClick={({ detail }) => detail < 2 && onDelete()}
            >
              <BinIcon />
            </IconButton>
          </div>
        </>
      )}
    </li>
  );
}

const rowId = (id: string) => `example-${id}`;

/** The row beside: what is nearest when this one goes. */
export function neighbour(example: Example): HTMLElement | null {
  const row = document.getElementById(rowId(example.id));
  return (row?.nextElementSibling ?? row?.previousElementSibling ?? null) as HTMLElement | null;
}

/** Where the focus goes when what had it goes away, or comes back. */
export function focusRow(example: Example | undefined, otherwise: HTMLElement | null = null) {
  const row = example ? document.getElementById(rowId(example.id)) : null;
  (row ?? otherwise ?? document.querySelector("h1"))?.focus();
}
