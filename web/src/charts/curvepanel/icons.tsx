/** Signs of what can be done with a chart. */
const icon = (path: string) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.4"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={path} />
  </svg>
);

export const SLIDERS = icon("M2 4.5h6m4 0h2M10 2.5v4M2 11.5h2m4 0h6M6 9.5v4");
export const EXPAND = icon("M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-4.5 4.5M2.5 13.5 7 9");
export const DOWN = icon("M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11");
export const CLOSE = icon("m3.5 3.5 9 9m0-9-9 9");
