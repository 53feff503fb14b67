import { HeaderShownContext } from "expo-router/react-navigation";
import { type ComponentProps, useContext } from "react";
import { Text as NativeText, StyleSheet } from "react-native";
import { fontSize, usePalette } from "../theme.ts";

type Props = ComponentProps<typeof NativeText> & {
  look?: "body" | "strong" | "small";
  tone?: "ink" | "inkSoft" | "danger" | "warning" | "accent" | "onAccent" | "paper";
};

export function Text({ look = "body", tone = "ink", style, ...rest }: Props) {
  const palette = usePalette();
  return <NativeText style={[styles[look], { color: palette[tone] }, style]} {...rest} />;
}

/** Under the title of the screen, which the navigation shows; where it does not yet, it is the title itself. */
export function Heading(props: Props) {
  const level = useContext(HeaderShownContext) ? 2 : 1;
  return <Text look="strong" role="heading" aria-level={level} {...props} />;
}

const styles = StyleSheet.create({
  body: { fontSize: fontSize(16) },
  strong: { fontSize: fontSize(17), fontWeight: "600" },
  small: { fontSize: fontSize(14) },
});
