import {
  audience,
  type Config,
  type Example,
  type User,
  useOnline,
} from "@reference-architecture/shared";
import { useEffect, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Page } from "../shell/page.tsx";
import { CreateForm } from "./create-form.tsx";
import { ExampleList } from "./example-list.tsx";
import { focusRow, neighbour } from "./example-row.tsx";
import { type Deletion, UndoToast } from "./undo-toast.tsx";
import { useQuestionBeforeLoss } from "./unsent.ts";

type Props = {
  config: Config;
  /** Whose they are, where they are somebody's. */
  user?: User;
  deletion: Deletion;
};

export function ExamplesPage({ config, user, deletion }: Props) {
  const who = user?.email ?? user?.name;
  const [freshId, setFreshId] = useState<string | null>(null);
  const announce = useAnnounce();
  const { flush, pending } = deletion;
  const online = useOnline();
  // It is sent when the page is closed, which needs a network.
  useQuestionBeforeLoss(pending !== null && !online);

  // A page that is closed or left while a deletion can still be undone has not undone it.
  useEffect(() => {
    addEventListener("pagehide", flush);
    return () => {
      removeEventListener("pagehide", flush);
      flush();
    };
  }, [flush]);

  const remove = (example: Example) => {
    focusRow(undefined, neighbour(example));
    deletion.remove(example);
    announce(
      `Deleted ${example.name}. Control Z undoes it, as does the button at the end of the page.`,
    );
  };

  return (
    <Page
      title="Examples"
      intro={
        <>
          <p>
            {audience(config)}
            <bdi>{config.tenant}</bdi>. No other tenant can see them.
            {who && (
              <>
                {" "}
                You are signed in as <bdi>{who}</bdi>.
              </>
            )}
          </p>
          <CreateForm onCreated={({ id }) => setFreshId(id)} />
        </>
      }
    >
      <ExampleList hidden={deletion.hidden} onDelete={remove} freshId={freshId} />
      <UndoToast deletion={deletion} onDelete={remove} />
    </Page>
  );
}
