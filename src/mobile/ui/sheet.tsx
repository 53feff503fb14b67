import { StyleSheet, View } from "react-native";
import { usePalette } from "../theme.ts";
import { Text } from "./text.tsx";

/** Labels and their values, each pair read as one. */
export function Sheet({ facts }: { facts: [label: string, value: string][] }) {
  const { rule } = usePalette();
  return (
    <View>
      {facts.map(([label, value]) => (
        <View key={label} accessible style={[styles.fact, { borderColor: rule }]}>
          <Text tone="inkSoft">{label}</Text>
          <Text style={styles.value} selectable>
            {value}
          </Text>
        </View>
      ))}
    </View>
  );
}

const styles = StyleSheet.create({
  fact: {
    flexDirection: "row",
    flexWrap: "wrap",
    justifyContent: "space-between",
    columnGap: 16,
    paddingVertical: 12,
    borderBottomWidth: 1,
  },
  value: { flexShrink: 1, minWidth: 0 },
});
