import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { client } from "../../api/client";
import JoinPage from "./JoinPage";

it("offers nobody a new account who may be signed in, until the server has said that they are not", async () => {
  const invited = { team: "vision", role: "member", invited_by: "ann", expires: 0 };
  vi.spyOn(client, "POST").mockResolvedValue({ data: invited, response: new Response() } as never);
  const asked = vi.spyOn(client, "GET");
  asked.mockResolvedValue({ error: {}, response: new Response(null, { status: 503 }) } as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <JoinPage />
    </QueryClientProvider>,
  );
  const again = await screen.findByRole("button", { name: /again/i });
  expect(screen.queryByText(/Make my account/)).toBeNull();
  asked.mockResolvedValue({ data: { name: "me" }, response: new Response() } as never);
  await userEvent.click(again);
  expect(await screen.findByText("You are signed in as me.")).toBeVisible();
});
