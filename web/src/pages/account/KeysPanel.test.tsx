import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { client } from "../../api/client";
import { SignInGate } from "../../app/SignInGate";
import { KeysPanel } from "./KeysPanel";

it("who revokes the key of this browser stands before the sign-in form, not before keys that are gone", async () => {
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close: () => undefined,
  });
  const key = { id: "k", name: "first key", sweep_id: null, created: 0, last_used: null, expires: null };
  const answers: Record<string, unknown> = {
    "/api/v1/viewer": { name: "me", role: "admin" },
    "/api/v1/keys": { keys: [{ ...key, current: true }] },
    "/api/v1/users": { users: [] },
    "/api/v1/teams": { teams: [] },
  };
  const asked = vi.spyOn(client, "GET");
  asked.mockImplementation((async (at: string) => ({
    data: answers[at],
    response: new Response(),
  })) as never);
  vi.spyOn(client, "DELETE").mockImplementation((async () => {
    asked.mockResolvedValue({ error: {}, response: new Response(null, { status: 401 }) } as never);
    return { response: new Response() };
  }) as never);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <SignInGate>
        <KeysPanel />
      </SignInGate>
    </QueryClientProvider>,
  );
  await userEvent.click(await screen.findByRole("button", { name: "Revoke first key" }));
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(screen.getByRole("heading", { name: "Sign in" })).toBeVisible());
  expect(screen.queryByRole("table")).toBeNull();
});
