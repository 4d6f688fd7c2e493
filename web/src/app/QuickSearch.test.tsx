import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { client } from "../api/client";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));

it("says that nothing is found of what was asked for, not of what is still being asked", async () => {
  const { default: QuickSearch } = await import("./QuickSearch");
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close: () => undefined,
  });
  const asked = vi.spyOn(client, "GET");
  asked.mockResolvedValue({ data: { found: [] }, response: new Response() } as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <QuickSearch close={() => undefined} />
    </QueryClientProvider>,
  );
  await userEvent.type(screen.getByRole("combobox"), "x");
  expect(await screen.findByText(/Nothing has “x”/)).toBeVisible();
  asked.mockReturnValue(new Promise(() => undefined) as never);
  await userEvent.type(screen.getByRole("combobox"), "y");
  expect(screen.queryByText(/Nothing has/)).toBeNull();
});
