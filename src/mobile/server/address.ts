/** `URL` takes more, such as `a..b`, and on phones leaves other scripts as they are. */
const HOST = /^[a-z\d-]+(\.[a-z\d-]+)*$/;

/**
 * The origin that an address means, as people type it; `null` when it means none. Plain HTTP is for a server on the
 * same machine: elsewhere it would carry the session in the clear.
 */
export function originOf(address: string): string | null {
  const typed = address.trim();
  const url = parse(typed.includes("://") ? typed : `https://${typed}`);
  if (url === null || !HOST.test(url.hostname)) return null;
  const isLocal = url.hostname === "localhost" || url.hostname.endsWith(".localhost");
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLocal);
  return isSafe ? url.origin : null;
}

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
