import { useFocusEffect, useRouter } from "expo-router";
import { useCallback } from "react";

/** Where the issuer comes back to. Android opens it as a link too; whoever asked the issuer has the answer already. */
export default function Callback() {
  const router = useRouter();
  useFocusEffect(useCallback(() => router.dismissTo("/"), [router]));
  return null;
}
