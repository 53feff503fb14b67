import { type Example, shortTime } from "@reference-architecture/shared";
import { Link } from "expo-router";
import { Pressable, StyleSheet, View } from "react-native";
import Swipeable from "react-native-gesture-handler/ReanimatedSwipeable";
import { usePalette } from "../theme.ts";
import { Text } from "../ui/text.tsx";

type Props = { example: Example; onDelete: () => void };

/** Opens its example; swiped, or by the screen reader's action, it is deleted, as it can be on its own screen. */
export function ExampleRow({ example, onDelete }: Props) {
  const { paper, rule, danger } = usePalette();
  return (
    <Swipeable
      testID={`swipe ${example.name}`}
      renderRightActions={() => (
        <View aria-hidden style={[styles.behind, { backgroundColor: danger }]}>
          <Text tone="paper">Delete</Text>
        </View>
      )}
      rightThreshold={96}
      onSwipeableWillOpen={onDelete}
    >
      <Link href={`/example/${example.id}`} asChild>
        <Pressable
          accessibilityActions={[{ name: "delete", label: "Delete" }]}
          onAccessibilityAction={onDelete}
          style={StyleSheet.flatten([styles.row, { backgroundColor: paper, borderColor: rule }])}
        >
          <Text style={styles.name}>{example.name}</Text>
          <Text look="small" tone="inkSoft">
            {shortTime(example.updatedAt)}, version {example.version}
          </Text>
        </Pressable>
      </Link>
    </Swipeable>
  );
}

const styles = StyleSheet.create({
  row: { minHeight: 68, justifyContent: "center", paddingVertical: 12, borderBottomWidth: 1 },
  name: { fontWeight: "500" },
  behind: { flex: 1, alignItems: "flex-end", justifyContent: "center", paddingHorizontal: 16 },
});
