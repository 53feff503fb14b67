import { refusal, useLeftWrite } from "@reference-architecture/shared";
import { type ReactNode, useEffect } from "react";
import { AccessibilityInfo, Platform, StyleSheet, View, type ViewProps } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { COLUMN, GAP, usePalette } from "../theme.ts";
import { announce, useLive } from "../ui/announce.tsx";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import { Text } from "../ui/text.tsx";
import type { Deletion } from "./deletion.tsx";

/** Lies over the screen, so that it moves nothing; dark on light and light on dark, so that it is seen. */
export function UndoBar({ deletion }: { deletion: Deletion }) {
  const { pending, problem, hold } = deletion;
  useEffect(() => {
    if (pending === null) return;
    announce(`Deleted ${pending.name}. It can be undone below.`);
    // Who listens needs longer: the clock stands until the next deletion, or until the app is left. Browsers cannot tell.
    if (Platform.OS === "web") return;
    void AccessibilityInfo.isScreenReaderEnabled().then((listens) => listens && hold(true));
  }, [pending, hold]);
  const leftWrite = useLeftWrite(({ name }) => announce(`Added ${name}`));

  if (pending !== null) {
    const undo = () => {
      deletion.undo();
      announce(`${pending.name} is back`);
    };
    return (
      <Bar {...REGION}>
        <Text tone="paper" style={styles.text}>
          Deleted {pending.name}
        </Text>
        <Button
          look="inverse"
          title="Undo"
          onPress={undo}
          onFocus={() => hold(true)}
          onBlur={() => hold(false)}
        />
      </Bar>
    );
  }
  if (problem !== null) {
    const { example, error } = problem;
    return (
      <Problem said={refusal(problem)} error={error}>
        <Button
          look="inverse"
          title={error === null ? "Delete anyway" : "Try again"}
          onPress={() => deletion.remove(example)}
        />
        <Button look="inverse" title="Keep it" onPress={deletion.dismissProblem} />
      </Problem>
    );
  }
  if (leftWrite !== null) {
    const { said, error, again, discard } = leftWrite;
    return (
      <Problem said={said} error={error}>
        <Button look="inverse" title={again.label} busy={again.isPending} onPress={again.act} />
        <Button look="inverse" title={discard.label} onPress={discard.act} />
      </Problem>
    );
  }
  return null;
}

/** It is announced, and so no live region. Phones would read the name in the place of what the bar says. */
const REGION = Platform.OS === "web" ? ({ role: "region", "aria-label": "Undo" } as const) : {};

function Bar(props: ViewProps) {
  const { ink } = usePalette();
  const { left, right, bottom } = useSafeAreaInsets();
  const place = { left: GAP + left, right: GAP + right, bottom: GAP + bottom };
  return <View style={[styles.bar, place, { backgroundColor: ink }]} {...props} />;
}

type ProblemProps = { said: string[]; error: Error | null; children: ReactNode };

function Problem({ said, error, children }: ProblemProps) {
  const text = said.join("");
  useLive(text);
  return (
    <Bar role="alert" aria-live="assertive">
      <View style={styles.text}>
        <Text tone="paper">{text}</Text>
        {error && <RequestId error={error} tone="paper" />}
      </View>
      {children}
    </Bar>
  );
}

const styles = StyleSheet.create({
  bar: {
    position: "absolute",
    flexDirection: "row",
    flexWrap: "wrap",
    alignItems: "center",
    gap: 8,
    maxWidth: COLUMN,
    marginHorizontal: "auto",
    padding: 12,
    borderRadius: 12,
  },
  text: { flexGrow: 1, flexShrink: 1, flexBasis: 160 },
});
