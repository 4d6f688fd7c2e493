import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { projectsQuery } from "../api/queries";
import ProjectsPage from "./ProjectsPage";

test("a server without projects says how the first sweep is made", () => {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(projectsQuery.queryKey, { projects: [] });
  const { unmount } = render(
    <QueryClientProvider client={client}>
      <ProjectsPage />
    </QueryClientProvider>,
  );
  expect(screen.getByRole("heading", { name: "Start your first sweep" })).toBeVisible();
  expect(screen.getByRole("region", { name: "sweep.yaml" })).toHaveTextContent("program: train.py");
  expect(screen.getByText("besom sweep --project my-project sweep.yaml")).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
  unmount();
  client.clear();
});
