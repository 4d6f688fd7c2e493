import { renderHook, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { useWritten } from "./useWritten";

it("words come into the address, and what others noted at its entry stays; also where one goes back to", async () => {
  window.history.pushState(null, "", "/me/p?search=sgd&sort=none");
  window.history.pushState({ panel: true }, "", "/me/p?panel=scatter");
  const words = { search: "adam", brush: ["lr", ""] };
  renderHook(() => useWritten(words, false));
  await waitFor(() => expect(window.location.search).toBe("?panel=scatter&search=adam&brush=lr"));
  expect(window.history.state).toEqual({ panel: true });
  window.history.back();
  await waitFor(() => expect(window.location.search).toBe("?sort=none&search=adam&brush=lr"));
});
