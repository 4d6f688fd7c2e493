import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { FilePreview } from "./FilePreview";

it("a picture that was written anew has an address that no browser has shown before", () => {
  const shown = (digest: string) => {
    const file = { path: "a b.png", size: 1, created: 0, present: true, digest };
    const { unmount } = render(
      <QueryClientProvider client={new QueryClient()}>
        <FilePreview file={file} path={{ entity: "me", project: "p" }} runId="r" />
      </QueryClientProvider>,
    );
    const address = screen.getByRole<HTMLImageElement>("img").src;
    unmount();
    return address;
  };
  expect(shown("1")).toContain("/files/a%20b.png");
  expect(shown("1")).toBe(shown("1"));
  expect(shown("2")).not.toBe(shown("1"));
});
