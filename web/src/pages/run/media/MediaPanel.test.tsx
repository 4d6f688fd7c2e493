import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { client } from "../../../api/client";
import { runOf } from "../../../view/testRuns";

vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined }));

it("a medium that was written into the summary by hand is shown, without a step", async () => {
  const { MediaPanel } = await import("./MediaPanel");
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private readonly tell: (entries: unknown[]) => void) {}
      observe = () => this.tell([{ isIntersecting: true }]);
      disconnect = () => undefined;
    },
  );
  const answer = { data: { rows: [], next_row: null }, response: new Response() };
  vi.spyOn(client, "GET").mockResolvedValue(answer as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MediaPanel
        place={["digit"]}
        newest={{ _type: "image-file", path: "media/digit.png" }}
        path={{ entity: "me", project: "p" }}
        run={runOf("r", { steps: 3 })}
        details={{} as never}
        changed={() => false}
      />
    </QueryClientProvider>,
  );
  expect(await screen.findByRole("img", { name: "digit" })).toBeVisible();
  expect(screen.queryByText(/^Step/)).toBeNull();
});
