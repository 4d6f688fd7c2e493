import { useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";
import { isCode, isStatus } from "../api/errors";
import { viewerQuery } from "../api/queries";
import { ErrorNote } from "../components/ErrorNote";
import { lazy } from "../lib/lazy";
import { LinkOverPage } from "../pages/LinkOverPage";

const SignInPage = lazy(() => import("../pages/SignInPage"));

/** Shows the sign-in form in place of any page until the server knows who is asking; the address stays. */
export function SignInGate({ children }: { children: ReactNode }) {
  const viewer = useQuery(viewerQuery);
  if (isCode(viewer.error, "link_over")) return <LinkOverPage />;
  if (viewer.data !== undefined) return children;
  if (isStatus(viewer.error, 401))
    return (
      <Suspense>
        <SignInPage />
      </Suspense>
    );
  if (viewer.error !== null) return <ErrorNote error={viewer.error} retry={viewer.refetch} page />;
  return null;
}
