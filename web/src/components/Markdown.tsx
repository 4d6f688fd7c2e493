import { type ReactNode, Suspense } from "react";
import { lazy } from "../lib/lazy";
import { Skeleton } from "./Skeleton";

const MarkdownText = lazy(() => import("./MarkdownText"));

export interface MarkdownProps {
  text: string;
  /** What stands in place of a fenced block of this language, outside of lists and quotes; undefined for plain code. */
  fence?: (language: string, text: string) => ReactNode | undefined;
}

const LINE = 20;

/** Text of users with its headings, lists, tables and links. HTML in it is shown as it is written. */
export const Markdown = (props: MarkdownProps) => (
  <Suspense fallback={<Skeleton height={LINE * props.text.split("\n").length} />}>
    <MarkdownText {...props} />
  </Suspense>
);
