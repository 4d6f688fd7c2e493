import { useEffect } from "react";

/**
 * Names the window, what tells most first: of twenty tabs of a browser only the beginnings are seen. Parts that are null,
 * or not known yet, are left out.
 */
export function useTitle(...parts: readonly (string | null | undefined)[]): void {
  const title = [...parts.filter(Boolean), "besom"].join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
