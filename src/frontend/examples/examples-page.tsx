import { audience, type Config, useUndoableDelete } from "@reference-architecture/shared";
import { useEffect, useState } from "react";
import { Page } from "../shell/page.tsx";
import { CreateForm } from "./create-form.tsx";
import { ExampleList } from "./example-list.tsx";
import { UndoToast } from "./undo-toast.tsx";

export function ExamplesPage({ config }: { config: Config }) {
  const deletion = useUndoableDelete();
  const [freshId, setFreshId] = useState<string | null>(null);
  const { flush } = deletion;

  // A page that is closed while a deletion can still be undone has not undone it.
  useEffect(() => {
    addEventListener("pagehide", flush);
    return () => removeEventListener("pagehide", flush);
  }, [flush]);

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
      <ExampleList deletion={deletion} freshId={freshId} />
      <UndoToast deletion={deletion} />
    </Page>
  );
}
