import { keys } from "@reference-architecture/shared";
import { useIsMutating } from "@tanstack/react-query";
import { useEffect } from "react";

/** Has the browser ask before it closes a page that would take with it what still waits to be sent. */
export function useQuestionBeforeLoss() {
  const waits = useIsMutating({ mutationKey: keys.examples }) > 0;
  useEffect(() => {
    if (!waits) return;
    const ask = (event: Event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [waits]);
}
