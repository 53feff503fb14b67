import { renderHook } from "@testing-library/react";
import { appAround } from "./app-around.tsx";
import type { FakeApi } from "./fake-api.ts";

export const renderInApp = <Result,>(fake: FakeApi, hook: () => Result) =>
  renderHook(hook, { wrapper: appAround(fake) });
