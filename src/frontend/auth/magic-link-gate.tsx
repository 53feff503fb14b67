import { useMe, useSignOut } from "@reference-architecture/shared";
import type { GateProps } from "./access.ts";
import { SignInPage } from "./sign-in-page.tsx";

export function MagicLinkGate({ children }: GateProps) {
  const me = useMe({ enabled: true });
  const signOut = useSignOut();

  if (me.data) {
    const session = { user: me.data, signOut: signOut.mutate, problem: signOut.error };
    return children({ kind: "signed-in", session });
  }
  if (me.data === null) return children({ kind: "signed-out", signIn: <SignInPage /> });
  if (me.isError) {
    return children({ kind: "failed", error: me.error, retry: () => void me.refetch() });
  }
  return children({ kind: "loading" });
}
