import { act, render, screen } from "@testing-library/react-native";
import { HeaderShownContext } from "expo-router/react-navigation";
import { DeviceEventEmitter, Platform, ScrollView, StyleSheet, Text } from "react-native";
import { SafeAreaProvider } from "react-native-safe-area-context";
import { GAP } from "../theme.ts";
import { Screen } from "./screen.tsx";

function show({ isBelowHeader }: { isBelowHeader: boolean }) {
  const insets = { top: 24, bottom: 48, left: 0, right: 0 };
  const frame = { x: 0, y: 0, width: 400, height: 800 };
  render(
    <SafeAreaProvider initialMetrics={{ insets, frame }}>
      <HeaderShownContext value={isBelowHeader}>
        <Screen>
          <Text>content</Text>
        </Screen>
      </HeaderShownContext>
    </SafeAreaProvider>,
  );
}

const props = () => screen.UNSAFE_getByType(ScrollView).props;
const top = () => StyleSheet.flatten(props().contentContainerStyle).paddingTop;
const bottom = () => StyleSheet.flatten(props().style).marginBottom;

describe("on Android, which moves nothing by itself", () => {
  let platform: jest.ReplaceProperty<typeof Platform.OS>;
  beforeEach(() => {
    platform = jest.replaceProperty(Platform, "OS", "android");
  });
  afterEach(() => platform.restore());

  test("the keyboard lies below the screen, and not over it", () => {
    show({ isBelowHeader: true });
    expect(bottom()).toBe(0);
    act(() => DeviceEventEmitter.emit("keyboardDidShow", { endCoordinates: { height: 300 } }));
    expect(bottom()).toBe(348);
    act(() => DeviceEventEmitter.emit("keyboardDidHide", {}));
    expect(bottom()).toBe(0);
  });

  test("the screen begins below the status bar where no header does", () => {
    show({ isBelowHeader: false });
    expect(top()).toBe(GAP + 24);
  });

  test("the screen begins right below a header", () => {
    show({ isBelowHeader: true });
    expect(top()).toBe(GAP);
  });
});

test("on iOS, which moves what scrolls, the screen adds nothing", () => {
  show({ isBelowHeader: false });
  act(() => DeviceEventEmitter.emit("keyboardDidShow", { endCoordinates: { height: 300 } }));
  expect([top(), bottom()]).toEqual([GAP, 0]);
});
