import { Link } from "wouter";
import { SHARED_SWEEP } from "../api/base";
import { EmptyState } from "../components/EmptyState";
import { useTitle } from "../lib/useTitle";

/** `what`: a project, a sweep, a run, or just a page. */
export function NotFoundPage({ what }: { what: "page" | "project" | "sweep" | "run" | "report" | "view" }) {
  useTitle("Not found");
  return (
    <EmptyState title={`There is no such ${what}`} level={1}>
      <p>The address may be mistyped, or the {what} was deleted.</p>
      <Link href="/">{SHARED_SWEEP === null ? "All projects" : "The shared sweep"}</Link>
    </EmptyState>
  );
}
