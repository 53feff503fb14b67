import { useHasUnsaved } from "@reference-architecture/shared";
import { useEffect } from "react";

/** Has the browser ask before it closes a page that would take with it what was written and is not stored. */
export function useQuestionBeforeLoss() {
  const waits = useHasUnsaved();
  useEffect(() => {
    if (!waits) return;
    const ask = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [waits]);
}
