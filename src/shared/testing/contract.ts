import Ajv from "ajv/dist/2020.js";
import document from "../openapi.json";

// Formats are the server's business; words of OpenAPI that are none of JSON Schema's do no harm.
const schemas = new Ajv({ strict: false, validateFormats: false }).addSchema(document, "api");

type Operation = {
  requestBody?: object;
  responses: Record<string, { content?: object }>;
};

/** What of a request or its answer is not as the API document has it; `null` when all is. */
export async function breachOf(request: Request, answer: Response): Promise<string | null> {
  const { pathname } = new URL(request.url);
  const method = request.method.toLowerCase();
  const paths = Object.entries<Record<string, unknown>>(document.paths);
  // A path without parameters comes before one that it would fit as well.
  const [template, item] =
    paths.find(([path]) => path === pathname) ?? paths.find(([path]) => fits(path, pathname)) ?? [];
  const operation = item?.[method] as Operation | undefined;
  if (template === undefined || operation === undefined) {
    return `there is no ${request.method} ${pathname}`;
  }
  const at = ["paths", template, method];
  const status = String(answer.status) in operation.responses ? String(answer.status) : "default";
  return (
    (operation.requestBody && breach([...at, "requestBody"], await json(request))) ??
    breach([...at, "responses", status], await json(answer))
  );
}

const fits = (path: string, pathname: string) =>
  new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname);

const json = async (message: Request | Response): Promise<unknown> => message.clone().json();

function breach(place: string[], body: unknown): string | null {
  const where = [...place, "content", "application/json", "schema"];
  const pointer = where.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1"));
  const validate = schemas.getSchema(`api#/${pointer.map(encodeURIComponent).join("/")}`);
  if (validate === undefined) return `no schema at ${where.join(" ")}`;
  return validate(body) ? null : `${where.join(" ")}: ${schemas.errorsText(validate.errors)}`;
}
