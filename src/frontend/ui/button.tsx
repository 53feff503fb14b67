import type { ComponentProps } from "react";
import styles from "./button.module.css";

type Props = ComponentProps<"button"> & { look?: "plain" | "primary" | "quiet" };

/** `aria-disabled` instead of `disabled` where a button waits: it keeps the focus, and its caller ignores the press. */
export function Button({ look = "plain", type = "button", className, ...rest }: Props) {
  return <button type={type} className={join(styles.button, styles[look], className)} {...rest} />;
}

/** An icon alone: `label` is its name for everybody who does not see it. */
export function IconButton({ label, className, ...rest }: Props & { label: string }) {
  return (
    <Button
      look="quiet"
      aria-label={label}
      title={label}
      className={join(styles.icon, className)}
      {...rest}
    />
  );
}

const join = (...names: (string | undefined)[]) => names.filter(Boolean).join(" ");
