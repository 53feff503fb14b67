import { shortTime } from "@reference-architecture/shared";

export function When({ at }: { at: string }) {
  return (
    <time
      dateTime={at}
      title={new Date(at).toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" })}
    >
      {shortTime(at)}
    </time>
  );
}
