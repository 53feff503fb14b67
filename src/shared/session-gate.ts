import { type ReactNode, useEffect } from "react";
import type { GateProps } from "./access.ts";
import { progress } from "./messages.ts";
import { type Profile, withProfile } from "./oidc.ts";
import { useOnline } from "./query-client.ts";
import { type SignOutOptions, useMe, useSignOut } from "./session.ts";

type Props = GateProps &
  SignOutOptions & {
    signIn: ReactNode;
    /** What is known of the user besides. */
    profile?: () => Profile;
  };

/** Stands before what belongs to somebody, wherever "who am I?" is the API's to answer. */
export function SessionGate({ signIn, profile, children, ...options }: Props) {
  const me = useMe();
  const signOut = useSignOut(options);
  const online = useOnline();

  // What became of one user's sign-out is not for the next one's eyes.
  const userId = me.data?.userId;
  const { reset } = signOut;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it goes when the user does
  useEffect(() => reset, [userId, reset]);

  const signingOut = signOut.isPending ? (progress(signOut, online) ?? "Signing out…") : null;
  const leaving = { signOut: signOut.mutate, signingOut, problem: signOut.error };
  if (me.data) {
    const user = withProfile(me.data, profile?.());
    return children({ kind: "signed-in", session: { user, ...leaving } });
  }
  if (me.data === null) return children({ kind: "signed-out", signIn });
  if (me.isError) {
    return children({ kind: "failed", error: me.error, retry: () => void me.refetch(), leaving });
  }
  return children({ kind: "loading" });
}
