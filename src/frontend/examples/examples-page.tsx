import {
  audience,
  type Config,
  type Example,
  useUndoableDelete,
} from "@reference-architecture/shared";
import { useEffect, useState } from "react";
import { useAnnounce } from "../shell/announcer.tsx";
import { Page } from "../shell/page.tsx";
import { CreateForm } from "./create-form.tsx";
import { ExampleList } from "./example-list.tsx";
import { focusRow, neighbour } from "./example-row.tsx";
import { UndoToast } from "./undo-toast.tsx";

export function ExamplesPage({ config }: { config: Config }) {
  const deletion = useUndoableDelete();
  const [freshId, setFreshId] = useState<string | null>(null);
  const announce = useAnnounce();
  const { flush } = deletion;

  // A page that is closed while a deletion can still be undone has not undone it.
  useEffect(() => {
    addEventListener("pagehide", flush);
    return () => removeEventListener("pagehide", flush);
  }, [flush]);

  const remove = (example: Example) => {
    focusRow(undefined, neighbour(example));
    deletion.remove(example);
    announce(`Deleted ${example.name}. Control Z brings it back.`);
  };

  return (
    <Page
      title="Examples"
      intro={
        <>
          <p>
            {audience(config)}
            <bdi>{config.tenant}</bdi>. No other tenant can see them.
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
