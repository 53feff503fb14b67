import { HeaderShownContext } from "expo-router/react-navigation";
import { type ReactNode, useContext, useEffect, useState } from "react";
import { Keyboard, Platform, ScrollView, StyleSheet, View } from "react-native";
import { useSafeAreaInsets } from "react-native-safe-area-context";
import { COLUMN, GAP } from "../theme.ts";

/** What scrolls, clear of notches and bars on every side that the navigation leaves open, and of the keyboard. */
export function Screen({ children }: { children: ReactNode }) {
  const covered = useCovered();
  return (
    <ScrollView
      role="main"
      style={{ marginBottom: covered.bottom }}
      contentContainerStyle={[{ paddingTop: GAP + covered.top }, useRoom()]}
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

/** What the status bar and the keyboard cover: iOS moves what scrolls clear of them by itself, Android does not. */
function useCovered() {
  const { top, bottom } = useSafeAreaInsets();
  const isBelowHeader = useContext(HeaderShownContext);
  const [keyboard, setKeyboard] = useState(0);
  useEffect(() => {
    if (Platform.OS !== "android") return;
    const listeners = [
      Keyboard.addListener("keyboardDidShow", ({ endCoordinates }) =>
        setKeyboard(endCoordinates.height),
      ),
      Keyboard.addListener("keyboardDidHide", () => setKeyboard(0)),
    ];
    return () => {
      for (const each of listeners) each.remove();
    };
  }, []);
  if (Platform.OS !== "android") return { top: 0, bottom: 0 };
  // Its height is told without that of the bar below it.
  return { top: isBelowHeader ? 0 : top, bottom: keyboard && keyboard + bottom };
}

const styles = StyleSheet.create({
  column: { width: "100%", maxWidth: COLUMN, alignSelf: "center", gap: GAP },
});
