import { type ComponentProps, useId, useState } from "react";
import { StyleSheet, TextInput, View } from "react-native";
import { fontSize, TOUCH, usePalette } from "../theme.ts";
import { useLive } from "./announce.tsx";
import { Text } from "./text.tsx";

type Props = ComponentProps<typeof TextInput> & {
  label: string;
  error?: string | null;
  /** Said under the field while nothing is wrong with it. */
  hint?: string | null;
};

export function Field({ label, error = null, hint = null, ...input }: Props) {
  const palette = usePalette();
  const id = useId();
  const said = error ?? hint;
  // What is there from the start is read with the field.
  const [first] = useState(said);
  useLive(said === first ? null : said);
  // What browsers want besides; React Native does not know these two.
  const forBrowsers = { "aria-invalid": error !== null, "aria-describedby": id };
  return (
    <View style={styles.field}>
      <Text style={styles.label}>{label}</Text>
      <TextInput
        aria-label={label}
        accessibilityHint={said ?? ""}
        placeholderTextColor={palette.inkSoft}
        style={[
          styles.input,
          {
            color: palette.ink,
            backgroundColor: palette.raised,
            borderColor: error === null ? palette.edge : palette.danger,
          },
        ]}
        {...forBrowsers}
        {...input}
      />
      <Text
        look="small"
        tone={error === null ? "inkSoft" : "danger"}
        nativeID={id}
        aria-live="polite"
      >
        {said}
      </Text>
    </View>
  );
}

const styles = StyleSheet.create({
  field: { gap: 6 },
  label: { fontWeight: "500" },
  input: {
    minHeight: TOUCH,
    paddingHorizontal: 12,
    paddingVertical: 8,
    borderWidth: 1,
    borderRadius: 8,
    fontSize: fontSize(16),
  },
});
