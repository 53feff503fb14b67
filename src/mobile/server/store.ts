import type { Config } from "@reference-architecture/shared";
import * as SecureStore from "expo-secure-store";
import { Platform } from "react-native";

const options = { keychainAccessible: SecureStore.WHEN_UNLOCKED_THIS_DEVICE_ONLY };
/** A browser has no secure store: what is kept there lasts as long as the page. */
const memory = Platform.OS === "web" ? new Map<string, string>() : null;

function read(name: string): string | null {
  if (memory) return memory.get(name) ?? null;
  try {
    return SecureStore.getItem(name, options);
  } catch {
    // What cannot be read, as after a restore on another device, is absent.
    return null;
  }
}

async function write(name: string, value: string | null): Promise<void> {
  if (memory) value === null ? memory.delete(name) : memory.set(name, value);
  else if (value === null) await SecureStore.deleteItemAsync(name, options);
  else await SecureStore.setItemAsync(name, value, options);
}

/** One value, at hand while the app runs; on a phone it outlives the app. */
export type Kept = {
  readonly value: string | null;
  /** Whether it could be kept: on a phone the next start will find it so. */
  keep: (value: string | null) => Promise<boolean>;
};

export function open(name: string): Kept {
  let value = read(name);
  let written = Promise.resolve(true);
  return {
    get value() {
      return value;
    },
    keep(next) {
      value = next;
      // One after the other, or an older value could come last.
      const attempt = written.then(() => write(name, next));
      written = attempt.then(
        () => true,
        () => false,
      );
      return written;
    },
  };
}

/** No two texts become one, and nothing is left that the store takes for no name, nor the dot that joins the parts. */
const encoded = (part: string) =>
  part.replaceAll(/[^a-zA-Z\d-]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`);

/**
 * The session of a server: the API's own token, or the one that the issuer renews the others by. It goes to nobody but
 * who gave it, whatever this server or another one says of its sign-in later.
 */
export function openSession(origin: string, { authProvider, oidc }: Config): Kept {
  const giver = oidc ? [authProvider, oidc.issuer] : [authProvider];
  return open(["session", origin, ...giver].map(encoded).join("."));
}
