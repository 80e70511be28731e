/** Line drawings of 24 by 24. */
const paths = {
  back: "M15 5l-7 7 7 7",
  bell: "M6 9a6 6 0 0 1 12 0c0 6 2 7 2 7H4s2-1 2-7M10 20a2.2 2.2 0 0 0 4 0",
  bellOff: "M4 4l16 16M8.5 4.6A6 6 0 0 1 18 9c0 2.6.4 4.3.9 5.400M6 9c0 6-2 7-2 7h12M10 20a2.2 2.2 0 0 0 4 0",
  bin: "M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3",
  check: "M4.5 12.500l5 5L19.5 7",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  close: "M6 6l12 12M18 6L6 18",
  compose: "M11 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-5M18.4 2.900a2 2 0 0 1 2.8 2.800L12 15l-4 1 1-4z",
  copy: "M9 9h10v11H9zM5 15H4V4h11v1",
  crown: "M4 18h16M4 7l4 4 4-6 4 6 4-4-2 8H6z",
  down: "M6 9l6 6 6-6",
  edit: "M4 20l1-5L16.5 3.500a2 2 0 0 1 3 0l1 1a2 2 0 0 1 0 3L9 19z",
  group: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.300a3.5 3.5 0 0 1 0 6.400M18 14.300a6.5 6.5 0 0 1 3.5 5.7",
  info: "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM12 11v5M12 7.500v.1",
  leave: "M10 4H5v16h5M15 8l4 4-4 4M19 12H9",
  minus: "M5 12h14",
  note: "M6 3h9l4 4v14H6zM14 3v5h5M9 13h6M9 17h6",
  offline: "M3 3l18 18M8.5 15.500a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.400M19 12a10 10 0 0 0-5-2.700M2 8.500a15 15 0 0 1 4.5-2.700M22 8.500A15 15 0 0 0 11 5M12 19.500v.1",
  plus: "M12 5v14M5 12h14",
  reply: "M9 7L4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  search: "M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16.5 16.500L21 21",
  send: "M4 12l16-8-5 16-3-7zM12 13l8-9",
  settings: "M4 7h9M19 7h1M4 17h1M11 17h9M16 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M8 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  smile: "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM8.5 14a4.5 4.5 0 0 0 7 0M9 9.500v.1M15 9.500v.1",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.1",
} as const;

export type IconName = keyof typeof paths;

/** Decoration: what it stands beside, or stands for, has a name of its own. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** One check, or two. */
export function Checks({ two }: { two: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width="16"
      height="16"
      aria-hidden="true"
    >
      <path d={two ? "M2 12.500l4.5 4.500L15 7.500M11 16l1 1 9-9.5" : paths.check} />
    </svg>
  );
}
