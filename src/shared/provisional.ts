/**
 * Sign-in, as agreed on, until the API document has it: then this file goes, and what named it takes the
 * generated types.
 */
type Answer<Data> = { 200: { headers: object; content: { "application/json": { data: Data } } } };
type Post<Sent, Data> = {
  post: {
    parameters: object;
    requestBody: { content: { "application/json": Sent } };
    responses: Answer<Data>;
  };
};

declare module "./schema.ts" {
  interface paths {
    "/api/auth/request-link": Post<{ email: string }, object>;
    "/api/auth/verify": Post<{ token: string }, { token: string; user: object }>;
    "/api/auth/logout": { post: { parameters: object; responses: Answer<object> } };
    "/api/auth/logout-everywhere": { post: { parameters: object; responses: Answer<object> } };
  }
}

export type AuthProvider = "none" | "magic_link" | "oidc";
