import { useSaid } from "@reference-architecture/shared";
import { createContext, type ReactNode, useContext } from "react";

const Announce = createContext<(text: string) => void>(() => {});

/** Says to screen readers what everybody else sees happen. */
export const useAnnounce = () => useContext(Announce);

export function Announcer({ children }: { children: ReactNode }) {
  const { said, say } = useSaid();
  return (
    <Announce value={say}>
      {children}
      <div role="status" className="visually-hidden">
        {/* A new element each time: the same words again would change nothing, and not be spoken. */}
        <span key={said.turn}>{said.text}</span>
      </div>
    </Announce>
  );
}
