import { audience, type Config, type User } from "@reference-architecture/shared";
import { useEffect, useState } from "react";
import { Page } from "../shell/page.tsx";
import { CreateForm } from "./create-form.tsx";
import type { Deletion } from "./deletion.ts";
import { ExampleList } from "./example-list.tsx";

type Props = {
  config: Config;
  /** Whose they are, where they are somebody's. */
  user?: User;
  deletion: Deletion;
};

export function ExamplesPage({ config, user, deletion }: Props) {
  const who = user?.email ?? user?.name;
  const [freshId, setFreshId] = useState<string | null>(null);
  const { hidden, remove, flush } = deletion;

  // Who leaves the list while a deletion can still be undone has not undone it.
  useEffect(() => flush, [flush]);

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
      <ExampleList hidden={hidden} onDelete={remove} freshId={freshId} />
    </Page>
  );
}
