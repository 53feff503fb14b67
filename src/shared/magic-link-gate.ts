import type { ReactNode } from "react";
import type { GateProps } from "./access.ts";
import { type KeepToken, useMe, useSignOut } from "./session.ts";

type Props = GateProps & { signIn: ReactNode; keepToken?: KeepToken };

export function MagicLinkGate({ signIn, keepToken, children }: Props) {
  const me = useMe({ enabled: true });
  const signOut = useSignOut(keepToken);

  if (me.data) {
    const session = { user: me.data, signOut: signOut.mutate, problem: signOut.error };
    return children({ kind: "signed-in", session });
  }
  if (me.data === null) return children({ kind: "signed-out", signIn });
  if (me.isError) {
    return children({ kind: "failed", error: me.error, retry: () => void me.refetch() });
  }
  return children({ kind: "loading" });
}
