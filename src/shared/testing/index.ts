export { ada, FakeApi, failure } from "./fake-api.ts";
export { appAround } from "./render.tsx";
