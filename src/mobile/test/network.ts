import type { NetworkState } from "expo-network";

type Listener = (state: NetworkState) => void;

const listeners = new Set<Listener>();
let isStopped = false;

/** As iOS has it: a monitor that was stopped does not start again. */
export const network = {
  getNetworkStateAsync: async () => ({ isConnected: true }),
  addNetworkStateListener(listener: Listener) {
    listeners.add(listener);
    return {
      remove() {
        listeners.delete(listener);
        isStopped ||= listeners.size === 0;
      },
    };
  },
};

export function setConnected(isConnected: boolean) {
  if (isStopped) return;
  for (const tell of listeners) tell({ isConnected });
}
