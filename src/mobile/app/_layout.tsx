import "../platform.ts";

import { type Access, type Config, isStatus, useConfig } from "@reference-architecture/shared";
import {
  DarkTheme,
  DefaultTheme,
  type NativeStackNavigationOptions,
  Stack,
  ThemeProvider,
} from "expo-router";
import Head from "expo-router/head";
import { StatusBar } from "expo-status-bar";
import * as WebBrowser from "expo-web-browser";
import { useMemo } from "react";
import { Platform, StyleSheet } from "react-native";
import { GestureHandlerRootView } from "react-native-gesture-handler";
import { DeploymentContext, useDeployment } from "../auth/deployment.ts";
import { LinkGate } from "../auth/link-gate.tsx";
import { OidcGate } from "../auth/oidc-gate.tsx";
import { DeletionProvider } from "../examples/deletion.tsx";
import { ServerProvider, useServer } from "../server/server.tsx";
import { ServerForm } from "../server/server-form.tsx";
import { openSession } from "../server/store.ts";
import { useIsDark, usePalette } from "../theme.ts";
import { WebAnnouncer } from "../ui/announce.tsx";
import { Failure } from "../ui/failure.tsx";
import { Screen } from "../ui/screen.tsx";
import { Heading, Text } from "../ui/text.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { WebHeader } from "../ui/web-header.tsx";

export { Broken as ErrorBoundary } from "../ui/broken.tsx";

// In a browser the issuer comes back in a window of its own, which this closes.
WebBrowser.maybeCompleteAuthSession();

// Whatever screen a link opens, the list is below it.
export const unstable_settings = { anchor: "index" };

export default function Layout() {
  const isDark = useIsDark();
  const { paper, raised, ink, rule, accent, danger } = usePalette();
  const theme = useMemo(() => {
    const colors = { background: paper, card: raised, text: ink, border: rule };
    const base = isDark ? DarkTheme : DefaultTheme;
    return { ...base, colors: { ...colors, primary: accent, notification: danger } };
  }, [isDark, paper, raised, ink, rule, accent, danger]);
  return (
    <GestureHandlerRootView style={[styles.fill, { backgroundColor: paper }]}>
      <ThemeProvider value={theme}>
        <StatusBar style="auto" />
        {Platform.OS === "web" && (
          // Before any screen's: the window would keep the name of one that is gone.
          <Head>
            <title>Reference Architecture</title>
          </Head>
        )}
        <ServerProvider>
          <Deployment />
          {Platform.OS === "web" && <WebAnnouncer />}
        </ServerProvider>
      </ThemeProvider>
    </GestureHandlerRootView>
  );
}

/** Asks the server what it is, then shows it. */
function Deployment() {
  const { data: config, error, refetch } = useConfig();
  const { origin, change } = useServer();

  if (config === undefined) {
    if (error === null) return <Waiting />;
    const isNoTenant = isStatus(error, 404) || isStatus(error, 421);
    return (
      <Screen>
        {isNoTenant ? (
          <>
            <Heading>No tenant at this address</Heading>
            <Text>There is nothing at this host. Check the spelling.</Text>
          </>
        ) : (
          <Failure
            title="The server's settings could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        <ServerForm current={origin} onServer={change} />
      </Screen>
    );
  }
  return <Gate config={config} />;
}

/** Finds out who its reader is, in the way of this deployment. */
function Gate({ config }: { config: Config }) {
  const { origin } = useServer();
  const session = useMemo(() => openSession(origin, config), [origin, config]);
  const screens = (access: Access) => (
    <DeploymentContext value={{ config, session, access }}>
      <Screens />
    </DeploymentContext>
  );
  if (config.authProvider === "magic_link") {
    return <LinkGate session={session}>{screens}</LinkGate>;
  }
  return config.oidc ? (
    <OidcGate oidc={config.oidc} session={session}>
      {screens}
    </OidcGate>
  ) : (
    screens({ kind: "open" })
  );
}

function Screens() {
  const { config, access } = useDeployment();
  return (
    <DeletionProvider>
      <Stack screenOptions={screenOptions}>
        <Stack.Screen name="index" />
        {/* Also while it is not known who asks: a screen that is guarded away does not come back. */}
        <Stack.Protected guard={access.kind !== "signed-out"}>
          <Stack.Screen name="new" options={{ title: "New example", presentation: "modal" }} />
          <Stack.Screen name="example/[id]" options={{ title: "Example" }} />
        </Stack.Protected>
        <Stack.Protected guard={config.authProvider === "magic_link"}>
          <Stack.Screen name="auth/verify" options={{ title: "Confirm sign-in" }} />
        </Stack.Protected>
        <Stack.Screen name="settings" options={{ title: "Settings" }} />
      </Stack>
    </DeletionProvider>
  );
}

const screenOptions: NativeStackNavigationOptions =
  Platform.OS === "web" ? { header: (props) => <WebHeader {...props} /> } : {};

const styles = StyleSheet.create({ fill: { flex: 1 } });
