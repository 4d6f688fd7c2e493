import { Component, type ReactNode } from "react";
import { BASE } from "../api/base";
import { Button } from "../components/Button";
import { EmptyState } from "../components/EmptyState";
import { keepOnly } from "../view/kept";

/** The last resort: a defect of the page is said in words instead of leaving a white screen. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <EmptyState title="This page has failed">
        <p>{error.message}</p>
        <Button onClick={() => window.location.reload()}>Load it again</Button>
        <Button onClick={forgetChoices}>Forget my choices of this page</Button>
      </EmptyState>
    );
  }
}

/** Choices are kept for a project, whose address begins with its two names; one that a page cannot bear would fail each visit. */
function forgetChoices() {
  const [entity = "", project = ""] = window.location.pathname
    .slice(BASE.length)
    .split("/")
    .slice(1)
    .map(decodeURIComponent);
  keepOnly(`${entity}/${project}`, {});
  window.location.reload();
}
