import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("../../../scripts/test-servers", import.meta.url));

/** Longer than a test may take: what is not there yet is installed first. */
export const TEST_SERVER_TIMEOUT = 120_000;

/** A server of another maker, the same that the tests of the API speak to. */
export class TestServer {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /** Waits for the port that it prints first; `onLine` gets what it prints later. */
  static async start(name: string, onLine: (line: string) => void = () => {}): Promise<TestServer> {
    const { stdout } = await promisify(execFile)(script, [name]);
    const [program = "", ...args] = stdout.trimEnd().split("\n");
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<number>((resolve, reject) => {
      lines.once("line", (line) => resolve(Number(line)));
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the server "${name}" ended with ${code}`)));
    });
    lines.on("line", onLine);
    return new TestServer(port, child);
  }

  /** It ends with its input, and so with the tests, however they end. */
  async close() {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.stdin?.end();
    await ended;
  }
}
