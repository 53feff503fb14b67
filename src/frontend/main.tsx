import { ApiProvider, createApi, createQueryClient } from "@reference-architecture/shared";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./app.tsx";
import { BrokenPage } from "./pages/message-page.tsx";
import { Announcer } from "./shell/announcer.tsx";
import { ErrorBoundary } from "./shell/error-boundary.tsx";
import "./styles/tokens.css";
import "./styles/base.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary fallback={<BrokenPage />}>
      <QueryClientProvider client={createQueryClient()}>
        <ApiProvider value={createApi({ baseUrl: location.origin })}>
          <BrowserRouter>
            <Announcer>
              <App />
            </Announcer>
          </BrowserRouter>
        </ApiProvider>
      </QueryClientProvider>
    </ErrorBoundary>
  </StrictMode>,
);
