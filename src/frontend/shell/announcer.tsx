import { createContext, type ReactNode, useContext, useReducer } from "react";

const Announce = createContext<(text: string) => void>(() => {});

/** Says to screen readers what everybody else sees happen. */
export const useAnnounce = () => useContext(Announce);

type Said = { text: string; turn: number };
const next = ({ turn }: Said, text: string): Said => ({ text, turn: turn + 1 });

export function Announcer({ children }: { children: ReactNode }) {
  const [said, say] = useReducer(next, { text: "", turn: 0 });
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
