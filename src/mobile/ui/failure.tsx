import { ApiError } from "@reference-architecture/shared";
import { StyleSheet, View } from "react-native";
import { usePalette } from "../theme.ts";
import { useLive } from "./announce.tsx";
import { Button } from "./button.tsx";
import { Heading, Text } from "./text.tsx";

type Props = { title: string; error: Error; onRetry?: () => void };

/** What went wrong, what to quote to an operator, and the way on. */
export function Failure({ title, error, onRetry }: Props) {
  const { danger, dangerWash } = usePalette();
  useLive(`${title}. ${error.message}`);
  return (
    <View
      role="alert"
      aria-live="assertive"
      style={[styles.failure, { borderColor: danger, backgroundColor: dangerWash }]}
    >
      <Heading>{title}</Heading>
      <Text>{error.message}</Text>
      <RequestId error={error} />
      {onRetry && <Button title="Try again" onPress={onRetry} />}
    </View>
  );
}

export function RequestId({
  error,
  tone = "inkSoft",
}: {
  error: Error;
  tone?: "inkSoft" | "paper";
}) {
  if (!(error instanceof ApiError) || error.requestId === null) return null;
  return (
    <Text look="small" tone={tone} selectable>
      Request {error.requestId}
    </Text>
  );
}

const styles = StyleSheet.create({
  failure: { gap: 8, padding: 16, borderStartWidth: 2, alignItems: "flex-start" },
});
