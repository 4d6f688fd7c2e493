/** Where the page lies: at the root; or, for who came by a link, below `/shared/SWEEP/SECRET` or `/shared/reports/ID/SECRET`, which the server takes off again. */
const found = /^\/shared\/((?:reports\/)?[^/]+)\/[0-9a-f]{40}(?=\/|$)/.exec(window.location.pathname);
const REPORTS = "reports/";

/** Stands before every path of the server that a reader may ask for; empty for who is signed in. */
export const BASE = found?.[0] ?? "";

/** What a reader came to see, as the link says it: the id of a sweep, or `reports/` and that of a report; null for who is signed in. */
export const SHARED = found?.[1] === undefined ? null : decodeURIComponent(found[1]);

/** Whether what a reader came to see is a report. */
export const IS_SHARED_REPORT = SHARED?.startsWith(REPORTS) === true;

export const SHARED_KIND = IS_SHARED_REPORT ? "report" : "sweep";

/** Where a reader's way begins: a report is asked for by its project, which its link names. */
export const HOME = IS_SHARED_REPORT
  ? (/^\/[^/]+\/[^/]+\/reports\/[^/]+/.exec(window.location.pathname.slice(BASE.length))?.[0] ?? "/")
  : "/";
