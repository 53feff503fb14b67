import { Pressable, type PressableProps, StyleSheet } from "react-native";
import { TOUCH, usePalette } from "../theme.ts";
import { Text } from "./text.tsx";

type Props = Omit<PressableProps, "children" | "style"> & {
  title: string;
  look?: "plain" | "primary" | "quiet" | "inverse" | "danger";
  /** Keeps the focus and takes no press, while what it began goes on. */
  busy?: boolean;
};

export function Button({ title, look = "plain", busy = false, onPress, ...rest }: Props) {
  const palette = usePalette();
  const colours = {
    plain: { backgroundColor: palette.raised, borderColor: palette.edge },
    primary: { backgroundColor: palette.accent, borderColor: palette.accent },
    quiet: { borderColor: "transparent" },
    inverse: { borderColor: palette.paper },
    danger: { borderColor: palette.danger },
  };
  const tones = {
    plain: "ink",
    primary: "onAccent",
    quiet: "accent",
    inverse: "paper",
    danger: "danger",
  } as const;
  return (
    <Pressable
      role="button"
      aria-disabled={busy}
      onPress={busy ? null : onPress}
      style={({ pressed }) => [styles.button, colours[look], pressed && styles.pressed]}
      {...rest}
    >
      <Text tone={tones[look]} style={styles.title}>
        {title}
      </Text>
    </Pressable>
  );
}

const styles = StyleSheet.create({
  button: {
    minHeight: TOUCH,
    minWidth: TOUCH,
    justifyContent: "center",
    alignItems: "center",
    paddingHorizontal: 16,
    paddingVertical: 8,
    borderWidth: 1,
    borderRadius: 8,
  },
  pressed: { opacity: 0.6 },
  title: { fontWeight: "500", textAlign: "center" },
});
