import type { paths } from "./schema.ts";

type Body<Operation, Status extends PropertyKey> = Operation extends {
  responses: Record<Status, { content: { "application/json": infer Json } }>;
}
  ? Json
  : never;

type Data<Operation, Status extends PropertyKey> =
  Body<Operation, Status> extends { data: infer Payload } ? Payload : never;

/** What the deployment says of itself before anybody has signed in. */
export type Config = Data<paths["/api/config"]["get"], 200>;
export type Example = Data<paths["/api/example/{id}"]["get"], 200>;
export type ExamplePage = Body<paths["/api/example"]["get"], 200>;
export type User = Data<paths["/api/me"]["get"], 200>;
