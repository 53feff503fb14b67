const ADDRESS = /^(?:(https?):\/\/)?([a-z\d.-]+)(:\d+)?(?:\/.*)?$/;

/**
 * The origin that an address means, as people type it; `null` when it means none. Plain HTTP is for a server on the
 * same machine: elsewhere it would carry the session in the clear.
 */
export function originOf(address: string): string | null {
  const [, protocol = "https", host = "", port = ""] =
    ADDRESS.exec(address.trim().toLowerCase()) ?? [];
  const isLocal = host === "localhost" || host.endsWith(".localhost");
  return host !== "" && (protocol === "https" || isLocal) ? `${protocol}://${host}${port}` : null;
}
