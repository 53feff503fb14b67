import type { ReactNode } from "react";
import { ScrollView, StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { COLUMN, GAP } from "../theme.ts";

/** What scrolls, clear of notches and bars on every side that the navigation leaves open. */
export function Screen({ children }: { children: ReactNode }) {
  return (
    <ScrollView
      role="main"
      contentContainerStyle={[styles.content, useRoom()]}
      contentInsetAdjustmentBehavior="automatic"
      automaticallyAdjustKeyboardInsets
      keyboardShouldPersistTaps="handled"
    >
      <View style={styles.column}>{children}</View>
    </ScrollView>
  );
}

/** Room at the edges of a screen, and below for what lies over it. */
export function useRoom() {
  const { left, right, bottom } = useSafeAreaInsets();
  return { paddingLeft: GAP + left, paddingRight: GAP + right, paddingBottom: 96 + bottom };
}

const styles = StyleSheet.create({
  content: { paddingTop: GAP },
  column: { width: "100%", maxWidth: COLUMN, alignSelf: "center", gap: GAP },
});
