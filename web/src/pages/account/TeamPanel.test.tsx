import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { teamQuery } from "../../api/accounts";
import { client } from "../../api/client";
import { TeamPanel } from "./TeamPanel";

it("who has left a team sees it no more", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const team = {
    name: "t",
    role: "member",
    members: [{ name: "ann", role: "admin", since: 0 }],
    invitations: [],
  };
  const asked = vi
    .spyOn(client, "GET")
    .mockImplementation((async (address: string) =>
      address.includes("viewer")
        ? { data: { name: "me" }, response: new Response() }
        : { data: team, response: new Response() }) as never);
  render(
    <QueryClientProvider client={queries}>
      <TeamPanel team="t" />
    </QueryClientProvider>,
  );
  expect(await screen.findByRole("table", { name: "Members" })).toBeVisible();
  asked.mockResolvedValue({ error: {}, response: new Response(null, { status: 404 }) } as never);
  await act(() => queries.invalidateQueries({ queryKey: teamQuery("t").queryKey }));
  expect(await screen.findByText("There is no team t")).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
});
