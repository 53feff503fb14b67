import { createContext, type ReactNode, useContext, useState } from "react";

const Announce = createContext<(text: string) => void>(() => {});

/** Says to screen readers what everybody else sees happen. */
export const useAnnounce = () => useContext(Announce);

export function Announcer({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  return (
    <Announce value={setText}>
      {children}
      <div role="status" className="visually-hidden">
        {text}
      </div>
    </Announce>
  );
}
