import type { ReactNode } from "react";

/** Drawn on a 16-pixel grid with one stroke width, in the colour of the text around them, and silent. */
function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const PencilIcon = () => (
  <Icon>
    <path d="m10.6 2.9 2.5 2.5M3 13l.6-3 7-7.1a1.2 1.2 0 0 1 1.7 0l.8.8a1.2 1.2 0 0 1 0 1.7L6 12.4 3 13Z" />
  </Icon>
);

export const BinIcon = () => (
  <Icon>
    <path d="M2.8 4.2h10.4M6.2 4.2V2.6h3.6v1.6M4.1 4.2l.6 9.2h6.6l.6-9.2M6.7 7v3.6M9.3 7v3.6" />
  </Icon>
);

export const CrossIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);

export const ArrowIcon = () => (
  <Icon>
    <path d="M5.5 10.5 10.8 5.2M6.3 5h4.7v4.7" />
  </Icon>
);

/** Two arches on one ground line: the mark of the product, as in `icon.svg`. */
export const Mark = () => (
  <svg
    viewBox="0 0 24 24"
    width="24"
    height="24"
    fill="none"
    stroke="currentColor"
    aria-hidden="true"
  >
    <path d="M3 20.5v-9a9 9 0 0 1 18 0v9M8 20.5v-9a4 4 0 0 1 8 0v9M1 20.5h22" strokeWidth="1.6" />
  </svg>
);
