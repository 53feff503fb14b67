import { useSaid } from "@reference-architecture/shared";
import { useEffect } from "react";
import { AccessibilityInfo, Platform, StyleSheet, Text, View } from "react-native";

let speak = (text: string) => AccessibilityInfo.announceForAccessibility(text);

/** Says to screen readers what everybody else sees happen. */
export const announce = (text: string) => speak(text);

/** In browsers a live region speaks: React Native's own announcements are not heard there. */
export function WebAnnouncer() {
  const { said, say } = useSaid();
  useEffect(() => {
    speak = say;
  }, [say]);
  return (
    <View role="status" style={styles.hidden}>
      {/* A new element each time: the same words again would change nothing, and not be spoken. */}
      <Text key={said.turn}>{said.text}</Text>
    </View>
  );
}

/** Says what stands in a live region to iOS, which does not know them. */
export function useLive(text: string | null) {
  useEffect(() => {
    if (text !== null && Platform.OS === "ios") announce(text);
  }, [text]);
}

const styles = StyleSheet.create({
  hidden: { position: "absolute", left: 0, right: 0, opacity: 0, pointerEvents: "none" },
});
