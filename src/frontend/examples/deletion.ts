import {
  type Example,
  useHasUnsaved,
  useOnline,
  useUndoableDelete,
} from "@reference-architecture/shared";
import { useEffect } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { focusRow, neighbour } from "./example-row.tsx";
import { useQuestionBeforeLoss } from "./unsent.ts";

export type Deletion = ReturnType<typeof useDeletion>;

/** One deletion for all pages: what becomes of it may be known only when its reader has left the list. */
export function useDeletion() {
  const deletion = useUndoableDelete();
  const { flush, pending } = deletion;
  const announce = useAnnounce();
  const isUnsaved = useHasUnsaved();
  const online = useOnline();
  // It is sent when the page is closed, which needs a network.
  useQuestionBeforeLoss(isUnsaved || (pending !== null && !online));

  // A page that is closed while a deletion can still be undone has not undone it.
  useEffect(() => {
    addEventListener("pagehide", flush);
    return () => removeEventListener("pagehide", flush);
  }, [flush]);

  const remove = (example: Example) => {
    focusRow(undefined, neighbour(example));
    deletion.remove(example);
    announce(
      `Deleted ${example.name}. Control Z undoes it, as does the button at the end of the page.`,
    );
  };
  return { ...deletion, remove };
}
