import { Platform, useColorScheme } from "react-native";

/** The colours of the web page's `styles/tokens.css`, by the same names; a test holds the two together. */
const LIGHT = {
  paper: "#fbfbf9",
  raised: "#ffffff",
  sunken: "#f3f3ef",
  ink: "#15171c",
  inkSoft: "#565c67",
  rule: "#e5e4de",
  edge: "#8b8d8a",
  accent: "#2447c8",
  onAccent: "#ffffff",
  danger: "#b3211b",
  dangerWash: "#fdf1ef",
  warning: "#8a5300",
  warningWash: "#fdf5e6",
};

const DARK: typeof LIGHT = {
  paper: "#0f1217",
  raised: "#161b22",
  sunken: "#0b0e12",
  ink: "#e9ebee",
  inkSoft: "#9ba5b3",
  rule: "#242b34",
  edge: "#69747f",
  accent: "#8fabff",
  onAccent: "#0d1430",
  danger: "#ff9a90",
  dangerWash: "#2b1718",
  warning: "#f0bd6a",
  warningWash: "#271e10",
};

export const PALETTES = { light: LIGHT, dark: DARK };

export const useIsDark = () => useColorScheme() === "dark";
export const usePalette = () => PALETTES[useIsDark() ? "dark" : "light"];

/** The least height and width of what a finger has to meet. */
export const TOUCH = 44;
export const GAP = 16;
/** Wider lines than this are hard to read. */
export const COLUMN = 640;

/** A size that follows its reader's: React Native scales numbers, browsers scale rems. */
export const fontSize = (points: number) =>
  Platform.OS === "web" ? (`${points / 16}rem` as unknown as number) : points;
