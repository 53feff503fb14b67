import { Redirect } from "expo-router";

/** Where the issuer comes back to. Android opens it as a link too; whoever asked the issuer has the answer already. */
export default function Callback() {
  return <Redirect href="/" />;
}
