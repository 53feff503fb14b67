import { useUndoableDelete } from "@reference-architecture/shared";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { AppState } from "react-native";
import { UndoBar } from "./undo-bar.tsx";

export type Deletion = ReturnType<typeof useUndoableDelete>;

const DeletionContext = createContext<Deletion | null>(null);

export function useDeletion(): Deletion {
  const deletion = useContext(DeletionContext);
  if (deletion === null) throw new Error("useDeletion needs a DeletionProvider above it");
  return deletion;
}

/** One deletion for all screens: it begins on one and is undone on another. */
export function DeletionProvider({ children }: { children: ReactNode }) {
  const deletion = useUndoableDelete();
  const { flush } = deletion;

  // An app that is left while a deletion can still be undone has not undone it.
  useEffect(() => {
    const listener = AppState.addEventListener("change", (state) => {
      if (state === "background") flush();
    });
    return () => listener.remove();
  }, [flush]);

  return (
    <DeletionContext value={deletion}>
      {children}
      <UndoBar deletion={deletion} />
    </DeletionContext>
  );
}
