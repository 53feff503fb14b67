/** A moment in the reader's own zone and language. It does not age on the screen as "two minutes ago" would. */
export function When({ at }: { at: string }) {
  const date = new Date(at);
  const thisYear = date.getFullYear() === new Date().getFullYear();
  const short: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  };
  if (!thisYear) short.year = "numeric";
  return (
    <time
      dateTime={at}
      title={date.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" })}
    >
      {date.toLocaleString(undefined, short)}
    </time>
  );
}
