import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as streamToText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const targetFolder =
  process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../../target", import.meta.url));
const binary =
  process.env.REFERENCE_ARCHITECTURE_BIN ?? join(targetFolder, "debug/reference-architecture");

type Settings = Record<string, string>;

/** The real program, on a port and with data of its own. */
export class Server {
  readonly port: number;
  readonly #folder: string;
  readonly #settings: Settings;
  #process: ChildProcess | null = null;
  #output = "";

  private constructor(port: number, folder: string, settings: Settings) {
    this.port = port;
    this.#folder = folder;
    this.#settings = settings;
  }

  static async start(settings: Settings = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "e2e-"));
    for (;;) {
      const server = new Server(await freePort(), folder, settings);
      try {
        await server.start();
        return server;
      } catch (error) {
        // Somebody else was faster to take it.
        if (!server.output.includes("cannot listen on PORT")) throw error;
      }
    }
  }

  /** Starts it anew with the data that it left. */
  async start() {
    const env = { ...process.env, RUST_LOG: "warn", ...this.#settings, PORT: String(this.port) };
    const child = spawn(binary, ["dev"], { cwd: this.#folder, env, stdio: "pipe" });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        this.#output += data;
      });
    }
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`the server ended: ${this.#output}`);
    }
  }

  /** As a machine that loses power: nothing is finished, nothing is said. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Takes connections and does not answer them, until it is killed. */
  freeze() {
    this.#process?.kill("SIGSTOP");
  }

  async stop() {
    await this.#end("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  origin(tenant: string): string {
    return `http://${tenant}.localhost:${this.port}`;
  }

  /** What it printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Speaks to the API past the page. Not by `fetch`, which resolves no `*.localhost` and sets no host. */
  async call<Body>(tenant: string, method: string, path: string, body?: object): Promise<Body> {
    const headers = {
      host: `${tenant}.localhost:${this.port}`,
      "content-type": "application/json",
    };
    const sent = request({ host: "127.0.0.1", port: this.port, method, path, headers });
    sent.end(body && JSON.stringify(body));
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    const text = await streamToText(answer);
    if (answer.statusCode === undefined || answer.statusCode >= 400) {
      throw new Error(`${method} ${path}: ${text}`);
    }
    return JSON.parse(text);
  }

  /** Makes examples, the last one being the newest. */
  async seed(tenant: string, ...names: string[]): Promise<void> {
    for (const name of names) await this.call(tenant, "POST", "/api/example", { name });
  }

  /** The names of all of a tenant's examples, newest first; at most a hundred. */
  async stored(tenant: string): Promise<string[]> {
    type List = { data: { name: string }[] };
    const list = await this.call<List>(tenant, "GET", "/api/example?limit=100");
    return list.data.map(({ name }) => name);
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/api/health`)).ok;
    } catch {
      return new Promise((resolve) => setTimeout(resolve, 20, false));
    }
  }

  async #end(signal: NodeJS.Signals) {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
