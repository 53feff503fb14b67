export { appAround } from "./app-around.tsx";
export { ada, FakeApi, failure } from "./fake-api.ts";
