import { useEffect } from "react";

/** Has the browser ask before it closes a page that would take with it what was written and is not stored. */
export function useQuestionBeforeLoss(isUnsaved: boolean) {
  useEffect(() => {
    if (!isUnsaved) return;
    const ask = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
}
