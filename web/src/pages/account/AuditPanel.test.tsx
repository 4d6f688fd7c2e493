import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { client } from "../../api/client";
import { AuditPanel } from "./AuditPanel";

it("says why there is no log where it cannot learn whose", async () => {
  vi.spyOn(client, "GET").mockImplementation((async (address: string) =>
    address.endsWith("/viewer")
      ? { data: { name: "me", role: "admin" }, response: new Response() }
      : {
          error: { error: { message: "The disk is full." } },
          response: new Response(null, { status: 500 }),
        }) as never);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <AuditPanel />
    </QueryClientProvider>,
  );
  expect(await screen.findByText("The disk is full.")).toBeVisible();
});
