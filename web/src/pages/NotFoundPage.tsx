import { Link } from "wouter";
import { EmptyState } from "../components/EmptyState";
import { useTitle } from "../lib/useTitle";

/** `what`: a project, a sweep, a run, or just a page. */
export function NotFoundPage({ what }: { what: "page" | "project" | "sweep" | "run" | "report" | "view" }) {
  useTitle("Not found");
  return (
    <EmptyState title={`There is no such ${what}`} level={1}>
      <p>The address may be mistyped, or the {what} was deleted.</p>
      <Link href="/">All projects</Link>
    </EmptyState>
  );
}
