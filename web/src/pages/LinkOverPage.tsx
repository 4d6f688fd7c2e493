import { EmptyState } from "../components/EmptyState";
import { useTitle } from "../lib/useTitle";

/** In place of all that a link showed, once it has ended. */
export function LinkOverPage() {
  useTitle("Link ended");
  return (
    <main>
      <EmptyState title="This link has ended" level={1}>
        <p>It was switched off or replaced, or what it showed was deleted.</p>
        <p>Ask whoever gave it to you for a new one.</p>
        <a href="/">Sign in</a>
      </EmptyState>
    </main>
  );
}
