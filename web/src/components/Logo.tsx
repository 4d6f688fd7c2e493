/** A broom made of twigs. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" fill="none" aria-hidden="true" strokeLinecap="round">
      <g stroke="var(--chart-best)" strokeWidth="2.6">
        <path d="M26 5 16 16" />
        <path
          d="M16 16c-3-1-6 0-8 3l-4 8c5 1 10 0 13-3 3-2 3-5 2-7z"
          fill="var(--chart-best)"
          fillOpacity=".25"
          strokeLinejoin="round"
        />
        <path d="m9 27 5-7M5 25l6-6" strokeWidth="2" />
      </g>
    </svg>
  );
}
