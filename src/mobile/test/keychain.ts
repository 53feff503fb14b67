/** What the platform's secure store holds. */
export const keychain = new Map<string, string>();

export const secureStore = {
  WHEN_UNLOCKED_THIS_DEVICE_ONLY: 1,
  getItem: (name: string) => keychain.get(name) ?? null,
  setItemAsync: async (name: string, value: string) => void keychain.set(name, value),
  deleteItemAsync: async (name: string) => void keychain.delete(name),
};
