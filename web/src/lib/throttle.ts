/**
 * Calls `action` at once, then at most once per `interval` milliseconds, which is read anew after each call; the last
 * request is never lost.
 */
export function throttle(
  action: () => void,
  interval: number | (() => number),
): { request: () => void; cancel: () => void } {
  const readInterval = typeof interval === "number" ? () => interval : interval;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = false;
  const request = () => {
    if (timer !== undefined) {
      wanted = true;
      return;
    }
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (wanted) {
        wanted = false;
        request();
      }
    }, readInterval());
  };
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    wanted = false;
  };
  return { request, cancel };
}
