import { AccessibilityInfo } from "react-native";

/** Says to a phone's screen reader what everybody else sees happen; in browsers live regions do. */
export const announce = (text: string) => AccessibilityInfo.announceForAccessibility(text);
