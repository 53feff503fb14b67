import { readFileSync } from "node:fs";
import { PALETTES } from "./theme.ts";

test("the colours are those of the web page", () => {
  const css = readFileSync("../frontend/styles/tokens.css", "utf8");
  for (const [name, light] of Object.entries(PALETTES.light)) {
    const token = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const dark = PALETTES.dark[name as keyof typeof PALETTES.dark];
    expect(css).toContain(`--${token}: light-dark(${light}, ${dark});`);
  }
});
