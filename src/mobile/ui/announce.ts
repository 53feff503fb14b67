import { useEffect } from "react";
import { AccessibilityInfo, Platform } from "react-native";

/** Says to a phone's screen reader what everybody else sees happen; in browsers live regions do. */
export const announce = (text: string) => AccessibilityInfo.announceForAccessibility(text);

/** Says what stands in a live region to iOS, which does not know them. */
export function useLive(text: string | null) {
  useEffect(() => {
    if (text !== null && Platform.OS === "ios") announce(text);
  }, [text]);
}
