/** Small drawings on buttons; whoever shows one gives the button its name. */
import type { ReactNode } from "react";

const Sign = ({ solid = false, children }: { solid?: boolean; children: ReactNode }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill={solid ? "currentColor" : "none"}
    stroke={solid ? "none" : "currentColor"}
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const DotsIcon = () => (
  <Sign solid>
    <circle cx="3" cy="8" r="1.4" />
    <circle cx="8" cy="8" r="1.4" />
    <circle cx="13" cy="8" r="1.4" />
  </Sign>
);

/** Open with a pupil, closed with a stroke through it. */
export const EyeIcon = ({ open }: { open: boolean }) => (
  <Sign>
    <path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z" />
    {open ? <circle cx="8" cy="8" r="2.3" fill="currentColor" stroke="none" /> : <path d="M3 13 13 3" />}
  </Sign>
);

export const ChevronIcon = ({ down = false }: { down?: boolean }) => (
  <Sign>{down ? <path d="m4 6.5 4 4 4-4" /> : <path d="m6.5 4 4 4-4 4" />}</Sign>
);

export const CrossIcon = () => (
  <Sign>
    <path d="m4 4 8 8m0-8-8 8" />
  </Sign>
);

export const SearchIcon = () => (
  <Sign>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </Sign>
);

export const FilterIcon = () => (
  <Sign>
    <path d="M2 4h12M4.5 8h7M6.8 12h2.4" />
  </Sign>
);

export const GroupIcon = () => (
  <Sign>
    <path d="M2 3.5h8M5 8h9M5 12.5h9M2 6v6.5h1" />
  </Sign>
);

export const ColumnsIcon = () => (
  <Sign>
    <path d="M2.5 3h11v10h-11zM6.2 3v10m3.6-10v10" />
  </Sign>
);

/** A narrow part at the left. */
export const SideIcon = () => (
  <Sign>
    <path d="M2.5 3h11v10h-11zM6.5 3v10" />
  </Sign>
);

export const DownloadIcon = () => (
  <Sign>
    <path d="M8 2.5v7.5m-3-3 3 3 3-3M3 13.5h10" />
  </Sign>
);

export const PinIcon = ({ filled = false }: { filled?: boolean }) => (
  <Sign>
    <path d="M5 2.5h6M6 2.5v4.2L4 9.5h8l-2-2.8V2.5M8 9.5v4" fill={filled ? "currentColor" : "none"} />
  </Sign>
);

export const BookmarkIcon = () => (
  <Sign>
    <path d="M4 2.5h8v11l-4-3-4 3z" />
  </Sign>
);

export const SlidersIcon = () => (
  <Sign>
    <path d="M2 4.5h6m4 0h2M10 2.5v4M2 11.5h2m4 0h6M6 9.5v4" />
  </Sign>
);

export const EnlargeIcon = () => (
  <Sign>
    <path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-4.5 4.5M2.5 13.5 7 9" />
  </Sign>
);

export const PenIcon = () => (
  <Sign>
    <path d="m3 13 .7-2.8 7-7 2.1 2.1-7 7zM9.4 4.5l2.1 2.1" />
  </Sign>
);

export const InfoIcon = () => (
  <Sign>
    <circle cx="8" cy="8" r="6.5" />
    <path d="M8 7.2v4M8 4.6v.2" />
  </Sign>
);

export const WarningIcon = () => (
  <Sign>
    <path d="M8 2 15 14H1zM8 6.5v3.5M8 11.8v.4" />
  </Sign>
);

export const SunIcon = () => (
  <Sign>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3" />
  </Sign>
);

export const MoonIcon = () => (
  <Sign>
    <path d="M13.5 9.5A6 6 0 1 1 6.5 2.5a5 5 0 0 0 7 7z" />
  </Sign>
);

/** Light at one side, dark at the other. */
export const HalvesIcon = () => (
  <Sign>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" stroke="none" />
  </Sign>
);

export const FileIcon = () => (
  <Sign>
    <path d="M4 1.8h5L12.5 5v9.2H4zM9 1.8V5h3.5" />
  </Sign>
);

/** Two links of a chain. */
export const LinkIcon = () => (
  <Sign>
    <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8" />
  </Sign>
);

export const PersonIcon = () => (
  <Sign>
    <circle cx="8" cy="5.5" r="2.8" />
    <path d="M2.8 14c.5-3 2.6-4.5 5.2-4.5s4.7 1.5 5.2 4.5" />
  </Sign>
);
