import type { ReactNode } from 'react';

// Drawn on a grid of 20, stroked with the colour of the text. Each has a shape of its own: colour never tells alone.
const shapes = {
  estate: <path d="M3 17V8l5-3v12M8 17h9V9l-5-2v10M5 9.500v0M5 13v0M14.500 12v0" />,
  pipelines: (
    <path d="M2 6h3.500M9.500 6H13M5.500 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0M7.500 8c0 5 2 6 4 6m0 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0m4 0H18M13 6h5" />
  ),
  approvals: <path d="M4 3.500h9l3 3v10H4zM7 10.500l2.200 2.200L13.500 8" />,
  executive: <path d="M3 17h14M5 14V9.500M9 14V5M13 14v-3M16.500 14V7" />,
  alerts: (
    <path d="M10 3a5 5 0 0 0-5 5c0 4-1.500 5-1.500 6h13c0-1-1.500-2-1.500-6a5 5 0 0 0-5-5M8.300 16.500a1.800 1.800 0 0 0 3.400 0" />
  ),
  audit: (
    <path d="M7.500 12.500a3 3 0 0 1 0-4.200l2-2a3 3 0 0 1 4.200 4.200l-.8.8M12.500 7.500a3 3 0 0 1 0 4.200l-2 2a3 3 0 0 1-4.200-4.200l.8-.8" />
  ),
  plan: <path d="M4 3h8l4 4v10H4zM12 3v4h4M7 10h6M7 13.500h4" />,
  more: <path d="M4 10h.01M10 10h.01M16 10h.01" strokeWidth="3" />,
  search: <path d="M9 3.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 0 0 0-11M13 13l4 4" />,
  waiting: <path d="M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14" strokeDasharray="2.500 2.500" />,
  running: <path d="M10 3a7 7 0 1 1-7 7M10 10l3-3" />,
  awaiting: <path d="M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l2.500 2" />,
  paused: <path d="M7 5v10M13 5v10" strokeWidth="2.600" />,
  succeeded: <path d="M4 10.500l4 4 8-9" strokeWidth="2.200" />,
  failed: <path d="M5 5l10 10M15 5L5 15" strokeWidth="2.200" />,
  rolledBack: <path d="M4 5v5h5M4.500 9.500A6.300 6.300 0 1 1 4.200 13" />,
  aborted: <path d="M6.500 3h7l3.500 3.500v7L13.500 17h-7L3 13.500v-7zM7 10h6" />,
  skipped: <path d="M4 5l6 5-6 5M11 5l6 5-6 5" />,
  frozen: <path d="M10 2.500v15M3.500 6.250l13 7.500M16.500 6.250l-13 7.500M8 4l2 1.700L12 4M8 16l2-1.700 2 1.700" />,
  degraded: <path d="M10 3L2.500 16.500h15zM10 8v4M10 14.500v0" />,
  empty: <path d="M4 6l6-3 6 3v8l-6 3-6-3zM4 6l6 3 6-3" strokeDasharray="2 2" />,
  critical: <path d="M10 2.500l7.500 7.500-7.500 7.500L2.500 10zM10 6.500V11M10 13.500v0" />,
  info: <path d="M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 9v5M10 6.500v0" />,
  muted: <path d="M4 8v4h3l4 3.500v-11L7 8zM14 8l4 4M18 8l-4 4" />,
  verified: (
    <path d="M10 2.500l6 2.200v5c0 4-2.600 6.500-6 7.800-3.400-1.300-6-3.800-6-7.800v-5zM7 10l2.200 2.200L13.200 8" />
  ),
  drift: <path d="M3 7h9l-2.500-2.500M17 13H8l2.500 2.500" />,
  arrow: <path d="M4 10h12M11 5l5 5-5 5" />,
  down: <path d="M5 7.500l5 5 5-5" />,
  external: <path d="M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7" />,
  print: <path d="M6 7V3h8v4M6 14H3V7h14v7h-3M6 11.500h8V17H6z" />,
  download: <path d="M10 3v9M6 8.500l4 4 4-4M3.500 16.500h13" />,
  copy: <path d="M7 7h9v9H7zM13 7V4H4v9h3" />,
  sun: (
    <path d="M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1 1M14.700 14.700l1 1M15.700 4.300l-1 1M5.300 14.700l-1 1" />
  ),
  moon: <path d="M16 11.500A6.500 6.500 0 1 1 8.500 4a5.200 5.200 0 0 0 7.500 7.500" />,
  system: <path d="M3 4h14v9H3zM7 16.500h6M10 13v3.500" />,
  key: <path d="M6.500 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 10h7.500v3M14 10v2.500" />,
  keyboard: <path d="M2.500 5.500h15v9h-15zM5.500 8.500v0M8.500 8.500v0M11.500 8.500v0M14.500 8.500v0M6 11.500h8" />,
  out: <path d="M8 4H4v12h4M12 6l4 4-4 4M16 10H8" />,
  person: <path d="M10 3.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4 16.500c.5-3 3-4.500 6-4.500s5.500 1.500 6 4.500" />,
  up: <path d="M10 16V4M5 9l5-5 5 5" />,
  fall: <path d="M10 4v12M5 11l5 5 5-5" />,
  close: <path d="M5 5l10 10M15 5L5 15" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

/** Beside words it says nothing of its own; alone it needs a label on what holds it. */
export function Icon({ name, spin = false }: { readonly name: IconName; readonly spin?: boolean }) {
  return (
    <svg
      className={spin ? 'icon spin' : 'icon'}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.600"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[name]}
    </svg>
  );
}
