/** Where the page lies: at the root; or, for who came by a link, below `/shared/SWEEP/SECRET`, which the server takes off again. */
const found = /^\/shared\/([^/]+)\/[0-9a-f]{40}(?=\/|$)/.exec(window.location.pathname);

/** Stands before every path of the server that a reader may ask for; empty for who is signed in. */
export const BASE = found?.[0] ?? "";

/** Id of the only sweep that a reader sees; null for who is signed in. */
export const SHARED_SWEEP = found?.[1] === undefined ? null : decodeURIComponent(found[1]);
