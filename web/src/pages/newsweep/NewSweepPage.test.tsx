import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { client } from "../../api/client";
import NewSweepPage from "./NewSweepPage";

it("sends a configuration as it was written: read in a browser, 1.0 would be 1", async () => {
  const text = "parameters:\n  a: {values: [1.0, 2.0]}\n";
  const check = {
    errors: [],
    warnings: [],
    preview: null,
    config: { parameters: { a: { values: [1, 2] } } },
  };
  const asked = vi.spyOn(client, "POST").mockImplementation((async (address: string) => {
    if (address.endsWith("/sweeps")) return new Promise(() => undefined);
    return { data: address.endsWith("/guess") ? { text, runs: 1 } : check, response: new Response() };
  }) as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <NewSweepPage path={{ entity: "me", project: "p" }} />
    </QueryClientProvider>,
  );
  const start = await screen.findByRole("button", { name: "Start sweep" });
  await waitFor(() => expect(start).toBeEnabled());
  await userEvent.click(start);
  const sent = expect.objectContaining({ body: { text, prior_runs: [] } });
  await waitFor(() => expect(asked).toHaveBeenLastCalledWith(expect.stringMatching(/\/sweeps$/), sent));
});
