/** Calls `action` at once, then at most once per `interval` milliseconds; the last request is never lost. */
export function throttle(action: () => void, interval: number): { request: () => void; cancel: () => void } {
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
    }, interval);
  };
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
    wanted = false;
  };
  return { request, cancel };
}
