import { type GateProps, keys, SessionGate } from "@reference-architecture/shared";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { SignInPage } from "./sign-in-page.tsx";

/** All tabs of this origin; what one of them posts, the others hear. */
const tabs = new BroadcastChannel("session");

/** They have one cookie: who signs in or out in one does it in all. */
export const tellTabs = () => tabs.postMessage("changed");

/** Finds out who the session's cookie stands for, and asks again when another tab has changed that. */
export function LinkGate({ children }: GateProps) {
  const client = useQueryClient();

  useEffect(() => {
    // The answer of before goes at once: until the next one is there, and if it fails, what is written here would be
    // written as somebody else.
    tabs.onmessage = () => void client.resetQueries({ queryKey: keys.me });
    return () => {
      tabs.onmessage = null;
    };
  }, [client]);

  return (
    <SessionGate keepToken={tellTabs} signIn={<SignInPage />}>
      {children}
    </SessionGate>
  );
}
