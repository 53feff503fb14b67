import {
  accountName,
  isStatus,
  progress,
  useOnline,
  useVerifyLink,
} from "@reference-architecture/shared";
import { useLocalSearchParams, useRouter } from "expo-router";
import { useState } from "react";
import { useDeployment } from "../../auth/deployment.ts";
import { originOf } from "../../server/address.ts";
import { useServer } from "../../server/server.tsx";
import { useLive } from "../../ui/announce.tsx";
import { Button } from "../../ui/button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Field } from "../../ui/field.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Heading, Text } from "../../ui/text.tsx";
import { Waiting } from "../../ui/waiting.tsx";

/** A token alone, or at the end of a text with a server in it, whatever became of the `#` between them. */
const LINK = /(?:https?:\/\/.*token=|^\s*(?:#?token=)?)([\w.-]+)\s*$/is;
const SERVERS = /https?:\/\/[^/?#\s]*/gi;

/** Far more than a link has; any page can open the app by a text of any length. */
const LONGEST = 2_000;

/** Whatever comes or is pasted: the whole link, or the token alone, which does not tell whose it is. */
function read(text: string) {
  if (text.length > LONGEST) return null;
  const [, token] = LINK.exec(text) ?? [];
  const servers = text.match(SERVERS) ?? [];
  return token === undefined ? null : { servers, token };
}

/** What opened the app has to name its server: nobody chose the app's own for it, as whoever pastes a token does. */
function readOpened(text = "") {
  const link = read(text);
  return link?.servers.length === 0 ? null : link;
}

/** Where the mailed link leads. Opening it spends nothing: a person has to press the button. */
export default function Verify() {
  const { "#": fragment } = useLocalSearchParams<{ "#"?: string }>();
  const { config, session, access } = useDeployment();
  const { origin } = useServer();
  const [pasted, setPasted] = useState("");
  const verification = useVerifyLink(session.keep);
  const router = useRouter();
  const linked = readOpened(fragment);
  const link = linked ?? read(pasted);
  const isUnread = link === null && pasted.trim() !== "";
  // A newer link may have come since.
  const error = verification.variables === link?.token ? verification.error : null;
  // Whoever gets a token can sign in with it where it is good.
  const other = link?.servers.find((each) => originOf(each) !== origin);
  const elsewhere =
    other === undefined
      ? null
      : `This link is for ${other.toLowerCase()}, and the app is at ${origin}. Change the server in the settings first.`;
  const waits = progress(verification, useOnline());
  useLive(elsewhere ?? waits);

  // From the press on it may be the other one: what was said then stays until the screen goes.
  const [before, setBefore] = useState(access);
  if (access !== before && (verification.isIdle || verification.isError)) setBefore(access);

  const verify = () => {
    if (link === null || elsewhere !== null) return;
    verification.mutate(link.token, { onSuccess: () => router.dismissTo("/") });
  };

  if (isStatus(error, 401)) {
    return (
      <Screen>
        <Heading>This link no longer works</Heading>
        <Text>
          It was used already, is older than fifteen minutes, was not copied completely, or is for
          another server.
        </Text>
        <Button title="Get a new link" onPress={() => router.dismissTo("/")} />
      </Screen>
    );
  }
  // Nobody presses a button that what is still to be said pushes down.
  if (before.kind === "loading") return <Waiting />;
  return (
    <Screen>
      {elsewhere ? (
        <Text tone="danger" role="alert" aria-live="polite">
          {elsewhere}
        </Text>
      ) : (
        <Text>You are about to sign in to {config.tenant} in this app.</Text>
      )}
      {before.kind === "signed-in" && (
        // Whoever sent the link may want somebody else's examples in their own account.
        <Text>
          You are signed in as {accountName(before.session.user)}. Signing in with this link
          replaces that.
        </Text>
      )}
      {before.kind === "failed" && (
        <Text>
          Whether somebody is signed in here could not be found out. If so, signing in with this
          link replaces that.
        </Text>
      )}
      {linked === null && (
        <Field
          label="Link from the mail"
          value={pasted}
          onChangeText={setPasted}
          autoCapitalize="none"
          autoCorrect={false}
          hint="Copy the link in the mail, and paste it here."
          error={isUnread ? "Paste the whole link, beginning with https://." : null}
        />
      )}
      {error && <Failure title="You could not be signed in" error={error} />}
      <Button
        look="primary"
        title={verification.isPending ? "Signing in…" : "Sign in"}
        busy={verification.isPending || link === null || elsewhere !== null}
        onPress={verify}
      />
      <Text tone="inkSoft" role="status" aria-live="polite">
        {waits}
      </Text>
    </Screen>
  );
}
