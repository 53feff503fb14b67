import { TestServer } from "./test-server.ts";

type Mail = { to: string[]; text: string };

/** A real mail server, and what it took. */
export class Mailbox {
  readonly #server: TestServer;
  readonly #mails: Mail[];

  private constructor(server: TestServer, mails: Mail[]) {
    this.#server = server;
    this.#mails = mails;
  }

  static async open(): Promise<Mailbox> {
    const mails: Mail[] = [];
    const server = await TestServer.start("mail", (line) => mails.push(JSON.parse(line)));
    return new Mailbox(server, mails);
  }

  /** What makes a server sign its users in by mails to here. */
  get environment() {
    return {
      AUTH_PROVIDER: "magic_link",
      EMAIL_MODE: "smtp",
      EMAIL_FROM: "sign-in@example.com",
      SMTP_URL: `smtp://app:secret@127.0.0.1:${this.#server.port}`,
    };
  }

  /** The links that were mailed to an address, oldest first. */
  links(address: string): string[] {
    const words = this.#mails
      .filter(({ to }) => to.includes(address))
      .flatMap(({ text }) => text.split(/\s+/));
    return words.filter((word) => word.includes("://"));
  }

  async close() {
    await this.#server.close();
  }
}
