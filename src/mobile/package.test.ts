import { dependencies, devDependencies } from "./package.json";

/** What this version of Expo was built and tested with, as ranges like `1.2.3` and `~1.2.3`. */
const wanted: Record<string, string> = jest.requireActual("expo/bundledNativeModules.json");

const fits = (version: string, range: string) => {
  const [, tilde, line, patch] = /^(~?)(\d+\.\d+)\.(\d+)$/.exec(range) ?? [];
  if (tilde !== "~") return version === range;
  return version.startsWith(`${line}.`) && Number(version.split(".")[2]) >= Number(patch);
};

test("every package has the version that Expo wants of it, to the patch", () => {
  const installed = Object.entries({ ...dependencies, ...devDependencies });
  const others = installed.filter(([name, version]) => !fits(version, wanted[name] ?? version));
  expect(others).toEqual([]);
});
