/** The few pictures. All are decoration: the words stand beside them. */
import type { ComponentChildren } from "preact";

function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
      focusable="false"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  );
}

export const Bubbles = () => (
  <Icon>
    <path d="M4 5.5h11a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5H9L5.5 17.5v-3H4A1.5 1.5 0 0 1 2.5 13V7A1.5 1.5 0 0 1 4 5.5z" />
    <path d="M19 9.5h1A1.5 1.5 0 0 1 21.5 11v5.5A1.5 1.5 0 0 1 20 18h-1v2.5L15.8 18H12" />
  </Icon>
);
export const Down = () => (
  <Icon>
    <path d="M6 9l6 6 6-6" />
  </Icon>
);
export const Plane = () => (
  <Icon>
    <path d="M20.5 3.5L10.5 13.5M20.5 3.5l-6 17-4-7-7-4z" />
  </Icon>
);
export const Tick = ({ twice }: { readonly twice: boolean }) => (
  <Icon>
    <path d="M3 12.5l4.5 4.5L16 8.5" />
    {twice && <path d="M11.5 16l1 1L21 8.5" />}
  </Icon>
);
export const Clock = () => (
  <Icon>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 8v4.5l3 1.5" />
  </Icon>
);
export const Save = () => (
  <Icon>
    <path d="M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19.5h14" />
  </Icon>
);
export const Copies = () => (
  <Icon>
    <path d="M9 8.5h10.5V20H9zM5.5 15.5H4.5V4H15v1" />
  </Icon>
);
export const Printer = () => (
  <Icon>
    <path d="M7 8V3.5h10V8M7 17H4.5v-7.5h15V17H17M7 14h10v6.5H7z" />
  </Icon>
);
export const Clip = () => (
  <Icon>
    <path d="M19.5 11.5l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.2-8.2a3 3 0 0 1 4.3 4.3l-8.2 8.2a1.5 1.5 0 0 1-2.1-2.1l7.4-7.4" />
  </Icon>
);
export const Sheet = () => (
  <Icon>
    <path d="M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5v5h5M9 13h6M9 16.5h6" />
  </Icon>
);
export const Gear = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
export const Cross = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);
