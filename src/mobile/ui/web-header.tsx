import type { NativeStackHeaderProps } from "expo-router";
import Head from "expo-router/head";
import { StyleSheet, View } from "react-native";
import { usePalette } from "../theme.ts";
import { Button } from "./button.tsx";
import { Text } from "./text.tsx";

/**
 * The bar of a screen in a browser, where the navigation's own is no landmark and keeps its height whatever size its
 * text has; it names the window too, which the navigation does not. Phones have their platform's.
 */
export function WebHeader({ back, options, navigation }: NativeStackHeaderProps) {
  const { raised, rule } = usePalette();
  const canGoBack = back !== undefined;
  return (
    <View role="banner" style={[styles.bar, { backgroundColor: raised, borderColor: rule }]}>
      <Head>
        <title>{`${options.title} · Reference Architecture`}</title>
      </Head>
      {canGoBack ? (
        <Button look="quiet" title="Back" onPress={navigation.goBack} />
      ) : (
        options.headerLeft?.({ canGoBack })
      )}
      <Text look="strong" role="heading" aria-level={1} style={styles.title}>
        {options.title}
      </Text>
      {options.headerRight?.({ canGoBack })}
    </View>
  );
}

const styles = StyleSheet.create({
  bar: {
    flexDirection: "row",
    flexWrap: "wrap",
    alignItems: "center",
    alignContent: "center",
    minHeight: 56,
    borderBottomWidth: 1,
  },
  title: { flexGrow: 1 },
});
