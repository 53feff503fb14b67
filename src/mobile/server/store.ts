import * as SecureStore from "expo-secure-store";
import { Platform } from "react-native";

const options = { keychainAccessible: SecureStore.WHEN_UNLOCKED_THIS_DEVICE_ONLY };
/** A browser has no secure store: what is kept there lasts as long as the page. */
const memory = Platform.OS === "web" ? new Map<string, string>() : null;

async function read(name: string): Promise<string | null> {
  if (memory) return memory.get(name) ?? null;
  // What cannot be read, as after a restore on another device, is absent.
  return SecureStore.getItemAsync(name, options).catch(() => null);
}

async function write(name: string, value: string | null): Promise<void> {
  if (memory) value === null ? memory.delete(name) : memory.set(name, value);
  else if (value === null) await SecureStore.deleteItemAsync(name, options);
  else await SecureStore.setItemAsync(name, value, options);
}

/** One value that outlives the app, and at hand while it runs. */
export type Kept = { readonly value: string | null; keep: (value: string | null) => void };

export async function open(name: string): Promise<Kept> {
  let value = await read(name);
  let written = Promise.resolve();
  return {
    get value() {
      return value;
    },
    keep(next) {
      value = next;
      // One after the other, or an older value could come last. What fails is asked for again at the next start.
      written = written.then(() => write(name, next)).catch(() => {});
    },
  };
}

/** The session of a server: the API's own token, or the one that the issuer renews the others by. */
export const openSession = (origin: string) =>
  open(`session.${origin.replaceAll(/[^\w.-]/g, "_")}`);
