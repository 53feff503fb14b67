import type { ReactNode } from "react";
import type { User } from "./types.ts";

export type Leaving = {
  signOut: (where: "here" | "everywhere") => void;
  /** What is said while it takes its time. */
  signingOut: string | null;
  /** Why the last attempt to sign out did not succeed. */
  problem: Error | null;
};

export type Session = Leaving & { user: User };

/** What the reader may see; the same words for every provider, so that no page asks which one it is. */
export type Access =
  /** There is no sign-in here. */
  | { kind: "open" }
  | { kind: "loading" }
  /** Perhaps for good, as with an account that has no access here: the way out is another account. */
  | { kind: "failed"; error: Error; retry: () => void; leaving: Leaving }
  | { kind: "signed-out"; signIn: ReactNode }
  | { kind: "signed-in"; session: Session };

/** A provider's gate finds the access out and hands it to what it stands before. */
export type GateProps = { children: (access: Access) => ReactNode };
