import { type Example, isStatus, shortTime, useExample } from "@reference-architecture/shared";
import { useLocalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { useDeletion } from "../../examples/deletion.tsx";
import { RenameForm } from "../../examples/rename-form.tsx";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { Heading, Text } from "../../ui/text.tsx";
import { Waiting } from "../../ui/waiting.tsx";

export default function Detail() {
  const { id } = useLocalSearchParams<{ id: string }>();
  const { data: example, error, refetch } = useExample(id);
  const router = useRouter();
  const leave = () => router.dismissTo("/");

  const isGone = isStatus(error, 404);
  if (example) {
    return (
      <Screen>
        <Content example={example} isGone={isGone} onLeave={leave} />
      </Screen>
    );
  }
  if (error === null) return <Waiting />;
  return (
    <Screen>
      {isGone ? (
        <Gone onLeave={leave} />
      ) : (
        <Failure
          title="The example could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
    </Screen>
  );
}

function Gone({ onLeave }: { onLeave: () => void }) {
  return (
    <>
      <Heading>Nothing here any more</Heading>
      <Text>It was deleted, or never existed.</Text>
      <Button title="Go to the examples" onPress={onLeave} />
    </>
  );
}

type ContentProps = { example: Example; isGone: boolean; onLeave: () => void };

function Content({ example, isGone, onLeave }: ContentProps) {
  const [isRenaming, setRenaming] = useState(false);
  const { remove } = useDeletion();

  if (isRenaming) {
    return <RenameForm example={example} onDone={() => setRenaming(false)} onLeave={onLeave} />;
  }
  // Not while it is renamed: the form does not lose what is typed.
  if (isGone) return <Gone onLeave={onLeave} />;
  return (
    <>
      <Heading>{example.name}</Heading>
      <Sheet
        facts={[
          ["Changed", shortTime(example.updatedAt)],
          ["Created", shortTime(example.createdAt)],
          ["Version", String(example.version)],
        ]}
      />
      <Button look="primary" title="Rename" onPress={() => setRenaming(true)} />
      <Button
        look="danger"
        title="Delete"
        onPress={() => {
          remove(example);
          onLeave();
        }}
      />
    </>
  );
}
