import type { Access, Config } from "@reference-architecture/shared";
import { createContext, useContext } from "react";
import type { Kept } from "../server/store.ts";

type Deployment = { config: Config; session: Kept; access: Access };

export const DeploymentContext = createContext<Deployment | null>(null);

/** What the server is, and what its reader may see. */
export function useDeployment(): Deployment {
  const deployment = useContext(DeploymentContext);
  if (deployment === null) throw new Error("useDeployment needs a DeploymentContext above it");
  return deployment;
}
