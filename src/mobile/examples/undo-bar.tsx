import { refusal } from "@reference-architecture/shared";
import { useEffect } from "react";
import { AccessibilityInfo, Platform, StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { COLUMN, GAP, usePalette } from "../theme.ts";
import { announce, useLive } from "../ui/announce.ts";
import { Button } from "../ui/button.tsx";
import { RequestId } from "../ui/failure.tsx";
import { Text } from "../ui/text.tsx";
import type { Deletion } from "./deletion.tsx";

/** Lies over the screen, so that it moves nothing; dark on light and light on dark, so that it is seen. */
export function UndoBar({ deletion }: { deletion: Deletion }) {
  const { pending, problem, hold } = deletion;
  const { ink } = usePalette();
  const { left, right, bottom } = useSafeAreaInsets();
  useEffect(() => {
    if (pending === null) return;
    announce(`Deleted ${pending.name}. It can be undone below.`);
    // Who listens needs longer: the clock stands until the next deletion, or until the app is left. Browsers cannot tell.
    if (Platform.OS === "web") return;
    void AccessibilityInfo.isScreenReaderEnabled().then((listens) => listens && hold(true));
  }, [pending, hold]);
  const said = pending === null && problem !== null ? refusal(problem).join("") : null;
  useLive(said);
  const place = { left: GAP + left, right: GAP + right, bottom: GAP + bottom };

  if (pending !== null) {
    const undo = () => {
      deletion.undo();
      announce(`${pending.name} is back`);
    };
    return (
      <View role="status" style={[styles.bar, place, { backgroundColor: ink }]}>
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
      </View>
    );
  }
  if (problem === null) return null;

  const { example, error } = problem;
  return (
    <View role="alert" aria-live="assertive" style={[styles.bar, place, { backgroundColor: ink }]}>
      <View style={styles.text}>
        <Text tone="paper">{said}</Text>
        {error && <RequestId error={error} tone="paper" />}
      </View>
      <Button
        look="inverse"
        title={error === null ? "Delete anyway" : "Try again"}
        onPress={() => deletion.remove(example)}
      />
      <Button look="inverse" title="Keep it" onPress={deletion.dismissProblem} />
    </View>
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
